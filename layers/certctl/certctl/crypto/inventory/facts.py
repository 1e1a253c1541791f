"""What the DER of any certificate says: bounded in time and memory, and never trusted."""

import hashlib
import warnings
from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from certctl.crypto.der import certificate_key
from certctl.crypto.fingerprints import fingerprint_sha256, spki_sha256
from certctl.crypto.inventory.signatures import verifies
from certctl.crypto.pem import UNREADABLE
from certctl.crypto.serials import serial_text
from certctl.crypto.x509_values import extension_value, oid_name
from certctl.domain.inventory.observed import MAX_DER, MAX_NAMES, ObservedFacts, ParsedCertificate
from certctl.domain.inventory.texts import harmless

_CURVES = {"secp256r1": "ECDSA P-256", "secp384r1": "ECDSA P-384", "secp521r1": "ECDSA P-521"}
_SUBJECT_LENGTH = 120
_NAME_LENGTH = 253
_FIRST_YEAR = 1950
"""The first year of UTCTime (RFC 5280, 4.1.2.5.1)."""


class Unreadable(Exception):
    """No certificate that can be read; the text is for people and has nothing of the input."""


def parse(der: bytes) -> ParsedCertificate:
    """The facts of one certificate. Raises Unreadable."""
    if len(der) > MAX_DER:
        raise Unreadable(f"a certificate has at most {MAX_DER // 1024} KiB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # the library warns of serials and encodings that RFC 5280 forbids
            return _parsed(x509.load_der_x509_certificate(der), der)
    except (*UNREADABLE, OverflowError):
        raise Unreadable("not a certificate that can be read") from None


def _parsed(certificate: x509.Certificate, der: bytes) -> ParsedCertificate:
    if (
        certificate.not_valid_before_utc.year < _FIRST_YEAR
        or certificate.not_valid_after_utc.year < _FIRST_YEAR
    ):
        raise ValueError("a time before X.509")
    sans = list(dict.fromkeys(_sans(certificate)))
    names = list(dict.fromkeys([*(text for _, text in sans), *_common_names(certificate)]))
    algorithm, bits = _key(certificate)
    is_self_signed = verifies(certificate, certificate)
    is_authority = is_ca(certificate) and not (is_self_signed and _names_a_host(sans))
    facts = ObservedFacts(
        subject=harmless(certificate.subject.rfc4514_string(), _SUBJECT_LENGTH),
        issuer=harmless(certificate.issuer.rfc4514_string(), _SUBJECT_LENGTH),
        serial_number=serial_text(abs(certificate.serial_number)),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        first_name=names[0] if names else "",
        name_count=len(names),
        key_algorithm=algorithm,
        key_bits=bits,
        signature_algorithm=oid_name(certificate.signature_algorithm_oid),
        is_ca=is_authority,
        is_self_signed=is_self_signed,
        has_wildcard=any(name.startswith("*.") for name in names),
        issuer_key_id=_issuer_key_id(certificate),
        key_id=_key_id(certificate) if is_authority else "",
    )
    digest = _key_digest(certificate)
    typed = tuple(f"{kind}:{text}" for kind, text in sans) if len(sans) <= MAX_NAMES else ()
    return ParsedCertificate(
        fingerprint_sha256(certificate), der, facts, tuple(names[:MAX_NAMES]), digest, typed
    )


def _names_a_host(sans: Sequence[tuple[str, str]]) -> bool:
    """Whether a self-signed certificate is of a server: `openssl req -x509` calls those CAs, too."""
    return any(kind in ("DNS", "IP") for kind, _ in sans)


def _sans(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    """Kind and text of each subject alternative name."""
    for name in extension_value(certificate, x509.SubjectAlternativeName) or ():
        kind, text = _text(name)
        if text:
            yield kind, harmless(text, _NAME_LENGTH)


def _common_names(certificate: x509.Certificate) -> Iterator[str]:
    for common in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        if common.value:
            yield harmless(str(common.value).lower(), _NAME_LENGTH)


def _text(name: x509.GeneralName) -> tuple[str, str]:
    """The kind as names of records have it, and the text; empty for names of other kinds."""
    match name:
        case x509.DNSName():
            return "DNS", name.value.lower()
        case x509.RFC822Name():
            return "email", name.value.lower()
        case x509.UniformResourceIdentifier():
            return "URI", name.value
        case x509.IPAddress():
            return "IP", str(name.value)
    return "", ""


def _key(certificate: x509.Certificate) -> tuple[str, int | None]:
    """The algorithm and the size; the dotted number of an algorithm that the library does not know, such as
    the post-quantum ones."""
    try:
        key = certificate.public_key()
    except UNREADABLE:
        return certificate.public_key_algorithm_oid.dotted_string, None
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, f"ECDSA {key.curve.name}"), key.key_size
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey"), None


def _key_digest(certificate: x509.Certificate) -> str:
    try:
        return spki_sha256(certificate.public_key())
    except UNREADABLE:  # an algorithm that the library does not know
        return hashlib.sha256(certificate_key(certificate.tbs_certificate_bytes)).hexdigest()


def is_ca(certificate: x509.Certificate) -> bool:
    """Whether its basic constraints say so. Raises ValueError if any extension is broken."""
    constraints = extension_value(certificate, x509.BasicConstraints)
    if constraints is not None:
        return constraints.ca
    is_first_version = certificate.version is x509.Version.v1  # which has no extensions: old roots
    return is_first_version and certificate.subject == certificate.issuer


def _issuer_key_id(certificate: x509.Certificate) -> str:
    identifier = extension_value(certificate, x509.AuthorityKeyIdentifier)
    return (identifier.key_identifier or b"").hex()[:64] if identifier else ""


def _key_id(certificate: x509.Certificate) -> str:
    identifier = extension_value(certificate, x509.SubjectKeyIdentifier)
    return identifier.digest.hex()[:64] if identifier else ""
