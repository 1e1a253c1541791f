"""Certificates that prove a name in the TLS handshake (RFC 8737 section 3; RFC 8738 section 6)."""

from hashlib import sha256
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ObjectIdentifier

from certctl.crypto.pem import UNREADABLE
from certctl.domain.acme.challenges import Proof

_ACME_IDENTIFIER = ObjectIdentifier("1.3.6.1.5.5.7.1.31")
_OCTET_STRING_OF_32 = b"\x04\x20"


def reason_against(certificate: bytes, proof: Proof) -> str | None:
    """Why a certificate, in DER, is not the proof. The reason quotes nothing of the certificate."""
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        return _reason_against(parsed, proof)
    except UNREADABLE:
        return "the certificate is malformed"


def _reason_against(certificate: x509.Certificate, proof: Proof) -> str | None:
    if not _is_self_signed(certificate):
        return "the certificate is not self-signed"
    if not _has_only_the_name(certificate, proof):
        return "the certificate's only subject alternative name must be the identifier"
    if not _has_digest(certificate, proof):
        return "the certificate has no critical acmeIdentifier with the digest of the key authorization"
    return None


def _is_self_signed(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def _has_only_the_name(certificate: x509.Certificate, proof: Proof) -> bool:
    try:
        names = list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return False
    if len(names) != 1:
        return False
    if proof.is_address:
        return isinstance(names[0], x509.IPAddress) and names[0].value == ip_address(proof.name)
    return isinstance(names[0], x509.DNSName) and names[0].value.lower() == proof.name


def _has_digest(certificate: x509.Certificate, proof: Proof) -> bool:
    wanted = _OCTET_STRING_OF_32 + sha256(proof.key_authorization.encode()).digest()
    return any(
        extension.oid == _ACME_IDENTIFIER
        and extension.critical
        and isinstance(extension.value, x509.UnrecognizedExtension)
        and extension.value.value == wanted
        for extension in certificate.extensions
    )
