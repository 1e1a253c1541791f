"""Name constraints of a CA (RFC 5280, 4.2.1.10), checked before a certificate is signed."""

import ipaddress
from collections.abc import Sequence

from cryptography import x509

from certctl.crypto.names import San, SanKind
from certctl.domain.errors import CsrRejected
from certctl.domain.uri_names import uri_parts

_KINDS: tuple[tuple[type[x509.GeneralName], SanKind], ...] = (
    (x509.DNSName, "DNS"),
    (x509.IPAddress, "IP"),
    (x509.RFC822Name, "email"),
    (x509.UniformResourceIdentifier, "URI"),
)


def check_constraints(names: Sequence[San], ca_certificate: x509.Certificate) -> None:
    """Raises CsrRejected with each name that the CA may not certify. Without constraints all are allowed."""
    try:
        constraints = ca_certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return
    outside = [name for name in names if not _is_allowed(name, constraints)]
    if outside:
        raise CsrRejected([f"{name} is outside the names that this CA may certify" for name in outside])


def _is_allowed(name: San, constraints: x509.NameConstraints) -> bool:
    excluded = _bases(name.kind, constraints.excluded_subtrees)
    if any(_is_within(name, base) or _covers(name, base) for base in excluded):
        return False
    # A kind of name without a permitted subtree of its own is not constrained.
    permitted = _bases(name.kind, constraints.permitted_subtrees)
    return not permitted or any(_is_within(name, base) for base in permitted)


def _bases(kind: SanKind, subtrees: Sequence[x509.GeneralName] | None) -> list[str]:
    types = tuple(cls for cls, of_kind in _KINDS if of_kind == kind)
    return [str(base.value).lower() for base in subtrees or () if isinstance(base, types)]


def _is_within(name: San, base: str) -> bool:
    match name.kind:
        case "DNS":
            return _is_subdomain(name.value, base)
        case "IP":
            return ipaddress.ip_address(name.value) in ipaddress.ip_network(base)
        case "email":
            return name.value == base if "@" in base else _host_is_within(name.value.rpartition("@")[2], base)
        case "URI":
            # Without a host the constraint cannot be checked; relying parties treat that as a violation.
            parts = uri_parts(name.value)
            host = parts.plain_host if parts else None
            return host is not None and _host_is_within(host, base)


def _covers(name: San, base: str) -> bool:
    """Whether a wildcard could match the excluded host itself."""
    if name.kind != "DNS" or not name.value.startswith("*."):
        return False
    return base.partition(".")[2] == name.value.removeprefix("*.")


def _is_subdomain(host: str, base: str) -> bool:
    return not base or host == base or host.endswith("." + base.removeprefix("."))


def _host_is_within(host: str, base: str) -> bool:
    """Email and URI bases: `.example.com` means the subdomains, `example.com` that host only."""
    return not base or (host.endswith(base) if base.startswith(".") else host == base)
