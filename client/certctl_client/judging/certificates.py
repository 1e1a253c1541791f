"""What is wrong with certificates themselves, wherever they are shown."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certctl_client.judging.kinds import Kind
from certctl_client.plain_text import counted

_LEAST_RSA_BITS, _LEAST_EC_BITS = 2048, 224
_OLD_HASHES = ("md5", "sha1")

type Fault = tuple[Kind, str]


def validity_faults(number: int, certificate: x509.Certificate, now: datetime) -> Iterator[Fault]:
    if now > certificate.not_valid_after_utc:
        ago = counted((now - certificate.not_valid_after_utc).days, "day")
        yield Kind.EXPIRED, f"certificate {number} expired {ago} ago"
    if now < certificate.not_valid_before_utc:
        yield Kind.NOT_YET_VALID, f"certificate {number} is not valid yet"


def weak_faults(chain: Sequence[x509.Certificate]) -> Iterator[Fault]:
    for number, certificate in enumerate(chain, start=1):
        if bits := _weak_bits(certificate):
            yield Kind.WEAK, f"the key of certificate {number} has {bits} bits"
        if (name := _old_hash(certificate)) and not is_self_issued(certificate):  # nobody verifies a root's
            yield Kind.WEAK, f"certificate {number} is signed with {name}"


def is_self_issued(certificate: x509.Certificate) -> bool:
    return certificate.issuer == certificate.subject


def is_for(certificate: x509.Certificate, name: str) -> bool:
    """Whether a DNS name or address of the certificate is this one; `*` is one label (RFC 9525)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    wanted = name.lower().rstrip(".")
    above = wanted.partition(".")[2]
    dns = {each.lower() for each in names.get_values_for_type(x509.DNSName)}
    addresses = {str(each) for each in names.get_values_for_type(x509.IPAddress)}
    return wanted in dns | addresses or (bool(above) and f"*.{above}" in dns)


def _weak_bits(certificate: x509.Certificate) -> int:
    """The size of a key that is too small, or 0."""
    try:
        key = certificate.public_key()
    except Exception:  # hostile bytes raise more kinds than the documentation names
        return 0
    match key:
        case rsa.RSAPublicKey() if key.key_size < _LEAST_RSA_BITS:
            return key.key_size
        case ec.EllipticCurvePublicKey() if key.curve.key_size < _LEAST_EC_BITS:
            return key.curve.key_size
    return 0


def _old_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except Exception:  # as above
        return ""
    return algorithm.name if algorithm and algorithm.name in _OLD_HASHES else ""
