"""Certificates and CRLs as PEM (RFC 7468) and DER."""

import base64
import textwrap
from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

# All that the library raises for invalid DER: at loading, or at the first access of a field.
UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.UnsupportedGeneralNameType,
)


def certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def csr_pem(der: bytes) -> str:
    """The text, which nobody has parsed."""
    lines = textwrap.wrap(base64.b64encode(der).decode("ascii"), 64)
    body = "".join(f"{line}\n" for line in lines)
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{body}-----END CERTIFICATE REQUEST-----\n"


def certificate_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def chain_pem(certificates: Iterable[x509.Certificate]) -> str:
    """The certificates in the order given: by convention the leaf first."""
    return "".join(map(certificate_pem, certificates))


def load_certificate(pem: str) -> x509.Certificate:
    """The first certificate. Raises ValueError."""
    return x509.load_pem_x509_certificate(pem.encode())


def load_certificates(pem: str) -> tuple[x509.Certificate, ...]:
    """All of them, in order. Raises ValueError if there is none."""
    return tuple(x509.load_pem_x509_certificates(pem.encode()))
