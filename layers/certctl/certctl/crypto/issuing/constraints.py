"""Name constraints of CAs (RFC 5280, 4.2.1.10), applied to the names of a certificate below them.

A name passes only if OpenSSL, Go and Java accept it: where they differ, the strictest decides."""

import ipaddress
from collections.abc import Sequence

from cryptography import x509

from certctl.crypto.names import San, SanKind
from certctl.crypto.x509_values import extension_value
from certctl.domain.certificates.uri_names import uri_parts

_KINDS: tuple[tuple[type[x509.GeneralName], SanKind], ...] = (
    (x509.DNSName, "DNS"),
    (x509.IPAddress, "IP"),
    (x509.RFC822Name, "email"),
    (x509.UniformResourceIdentifier, "URI"),
)


def constraints_of(certificate: x509.Certificate) -> tuple[x509.NameConstraints, ...]:
    """One or none."""
    found = extension_value(certificate, x509.NameConstraints)
    return () if found is None else (found,)


def is_allowed(name: San, constraints: x509.NameConstraints) -> bool:
    excluded = _bases(name.kind, constraints.excluded_subtrees)
    if excluded and _is_unlike_any_host(name):
        return False
    if any(_is_excluded(name, base) for base in excluded):
        return False
    # A kind of name without a permitted subtree of its own is not constrained.
    permitted = _bases(name.kind, constraints.permitted_subtrees)
    return not permitted or any(_is_within(name, base) for base in permitted)


def allows_subject(subject: x509.Name, constraints: x509.NameConstraints) -> bool:
    """An empty subject is not constrained."""
    if not subject.rdns:
        return True
    if any(_is_below(subject, base) for base in _directories(constraints.excluded_subtrees)):
        return False
    permitted = _directories(constraints.permitted_subtrees)
    return not permitted or any(_is_below(subject, base) for base in permitted)


def _bases(kind: SanKind, subtrees: Sequence[x509.GeneralName] | None) -> list[str]:
    types = tuple(cls for cls, of_kind in _KINDS if of_kind == kind)
    return [_normalised(str(base.value)) for base in subtrees or () if isinstance(base, types)]


def _normalised(base: str) -> str:
    """The local part of a mail address keeps its case."""
    local, at, host = base.rpartition("@")
    return f"{local}{at}{host.lower()}"


def _is_within(name: San, base: str) -> bool:
    match name.kind:
        case "DNS":
            return _is_subdomain(name.value, base)
        case "IP":
            return ipaddress.ip_address(name.value) in ipaddress.ip_network(base)
        case "email":
            return name.value == base if "@" in base else _host_is_within(name.value.rpartition("@")[2], base)
        case "URI":
            host = _host_of(name)
            return host is not None and _host_is_within(host, base)


def _is_excluded(name: San, base: str) -> bool:
    """Java compares local parts in any case. Go takes the base `example.com` of mail and URIs for all of the
    domain."""
    match name.kind:
        case "email" if "@" in base:
            return name.value.lower() == base.lower()
        case "email":
            return _is_subdomain(name.value.rpartition("@")[2], base)
        case "URI":
            return _is_subdomain(_host_of(name) or "", base)
    return _is_within(name, base) or _covers(name, base)


def _covers(name: San, base: str) -> bool:
    """Whether a wildcard could match the excluded host itself."""
    if name.kind != "DNS" or not name.value.startswith("*."):
        return False
    return base.partition(".")[2] == name.value.removeprefix("*.")


def _is_unlike_any_host(name: San) -> bool:
    """Clients refuse a URI that no constraint can be compared with."""
    return name.kind == "URI" and _host_of(name) is None


def _host_of(name: San) -> str | None:
    """The host of a URI; None without a host, and for an address: bases are domains (RFC 5280, 4.2.1.10)."""
    parts = uri_parts(name.value)
    return None if parts is None or parts.has_ip_host else parts.plain_host


def _is_subdomain(host: str, base: str) -> bool:
    return not base or host == base or host.endswith("." + base.removeprefix("."))


def _host_is_within(host: str, base: str) -> bool:
    """Email and URI bases: `.example.com` means the subdomains, `example.com` that host only."""
    return not base or (host.endswith(base) if base.startswith(".") else host == base)


def _directories(subtrees: Sequence[x509.GeneralName] | None) -> list[x509.Name]:
    return [base.value for base in subtrees or () if isinstance(base, x509.DirectoryName)]


def _is_below(subject: x509.Name, base: x509.Name) -> bool:
    parts, wanted = _comparable(subject), _comparable(base)
    return parts[: len(wanted)] == wanted


def _comparable(name: x509.Name) -> list[frozenset[tuple[str, str]]]:
    """The name in any case and with single spaces (RFC 5280, 7.1)."""
    return [
        frozenset((each.oid.dotted_string, " ".join(str(each.value).casefold().split())) for each in rdn)
        for rdn in name.rdns
    ]
