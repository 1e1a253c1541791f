"""Compares the names of a certificate with the name that a client asks for (RFC 9525, 6.3)."""

from collections.abc import Iterator
from ipaddress import ip_address

from cryptography import x509

from certctl.crypto.pem import UNREADABLE


def has_name(certificate: x509.Certificate, name: str) -> bool:
    """Whether a certificate is for a host name or an IP address. The common name does not count; a wildcard
    stands for one whole label, the leftmost."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except UNREADABLE:
        return False
    try:
        return ip_address(name) in names.get_values_for_type(x509.IPAddress)
    except ValueError:
        return any(_covers(each, name) for each in _dns_names(names))


def _dns_names(names: x509.SubjectAlternativeName) -> Iterator[str]:
    yield from names.get_values_for_type(x509.DNSName)


def _covers(pattern: str, name: str) -> bool:
    wanted, given = _labels(name), _labels(pattern)
    if given[0] == "*":
        return len(given) > 1 and len(given) == len(wanted) and given[1:] == wanted[1:]
    return given == wanted


def _labels(name: str) -> list[str]:
    return name.lower().removesuffix(".").split(".")
