"""Parses issued certificates before anything is written."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl_client.enrolment.keys import PrivateKey, same_key
from certctl_client.errors import CommandError


@dataclass(frozen=True)
class Chain:
    """`leaf` and `issuers` are PEM, encoded again: text around the certificates is dropped."""

    certificate: x509.Certificate
    leaf: str
    issuers: str

    @property
    def pem(self) -> str:
        return self.leaf + self.issuers

    def belongs_to(self, key: PrivateKey) -> bool:
        return same_key(key, self.certificate.public_key())


def chain_of(pem: str) -> Chain:
    """Parses a chain, leaf first. Raises CommandError."""
    try:
        leaf, *issuers = x509.load_pem_x509_certificates(pem.encode())
        leaf.public_key()
    except Exception:
        raise CommandError("The server's response is not a PEM certificate.", "Check CERTCTL_URL.") from None
    return Chain(leaf, _pem(leaf), "".join(map(_pem, issuers)))


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
