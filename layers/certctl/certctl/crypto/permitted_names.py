"""The names that a CA may certify: domains and address ranges, written as name constraints and read from them
(RFC 5280, 4.2.1.10)."""

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from cryptography import x509

from certctl.crypto.name_syntax import dns_name
from certctl.crypto.x509_values import extension_value
from certctl.domain.errors import InvalidInput

_FIELD = "permitted_domains"
# ADR 50: it closes URIs. An excluded URI subtree would not: OpenSSL ignores it, and Java refuses every
# certificate of such a CA.
_NO_HOST = "none.invalid"
"""The base of URIs for a CA without any: nobody has a host there (RFC 2606)."""
_ALL_ADDRESSES = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))


def name_constraints(permitted: Sequence[str]) -> x509.NameConstraints:
    """A domain permits its DNS names, mail addresses and, if it has a dot, hosts of URIs, subdomains
    included; a range in CIDR notation its addresses. All else is left out: a permitted base closes its kind
    of name, and each version of IP without a range is excluded, as the CA/B baseline (7.1.2.5.2) requires.
    No base excludes all URIs: OpenSSL ignores an empty one, and Java refuses the CA that has it.

    Raises InvalidInput."""
    ranges = [_range(text) for text in permitted if "/" in text]
    domains = [_domain(text) for text in permitted if "/" not in text]
    if not domains:
        raise InvalidInput.of(_FIELD, "need a domain too: address ranges alone leave all domains open")
    closed = [each for each in _ALL_ADDRESSES if each.version not in {r.version for r in ranges}]
    bases = [*map(x509.DNSName, domains), *_mail_bases(domains), *_uri_bases(domains)]
    return x509.NameConstraints(
        [*bases, *map(x509.IPAddress, ranges)], [*map(x509.IPAddress, closed)] or None
    )


def permitted_names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The domains and address ranges of its name constraints; none without that extension."""
    found = extension_value(certificate, x509.NameConstraints)
    bases = (found.permitted_subtrees if found else None) or ()
    return tuple(str(base.value) for base in bases if isinstance(base, x509.DNSName | x509.IPAddress))


def _mail_bases(domains: Sequence[str]) -> list[x509.RFC822Name]:
    """A base without the dot is that host only; with it, the subdomains only."""
    return [x509.RFC822Name(base) for domain in domains for base in (domain, f".{domain}")]


def _uri_bases(domains: Sequence[str]) -> list[x509.UniformResourceIdentifier]:
    """The bases of mail names, but fully qualified (RFC 5280, 4.2.1.10): a single label has none."""
    hosts = [base for domain in domains if "." in domain for base in (domain, f".{domain}")]
    return [x509.UniformResourceIdentifier(base) for base in hosts or [_NO_HOST]]


def _range(text: str) -> IPv4Network | IPv6Network:
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise InvalidInput.of(_FIELD, f"{error}; a range is written as 10.0.0.0/8 or fd00::/8") from error


def _domain(text: str) -> str:
    try:
        domain = dns_name(text.strip().removeprefix("."))
    except ValueError as error:
        raise InvalidInput.of(
            _FIELD, f"{error}; allowed are domains and address ranges (10.0.0.0/8)"
        ) from error
    if domain.startswith("*"):
        raise InvalidInput.of(_FIELD, f"{domain}: write the domain without *, subdomains are included")
    return domain
