"""Whether one certificate signed another, for certificates that nobody trusts yet."""

import warnings

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa

from certctl.crypto.pem import UNREADABLE

LARGEST_VERIFIED_RSA = 8192


def is_signed_by(der: bytes, issuer_der: bytes) -> bool:
    """Whether the issuer's name and key match: its key verifies the signature. False for RSA keys over 8,192
    bits, which take seconds."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(der)
            return verifies(certificate, x509.load_der_x509_certificate(issuer_der))
    except (*UNREADABLE, OverflowError):
        return False


def verifies(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        key = issuer.public_key()
        if isinstance(key, rsa.RSAPublicKey) and key.key_size > LARGEST_VERIFIED_RSA:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True
