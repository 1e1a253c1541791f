"""Bundles to deploy: a leaf, its chain and its key, checked against one another and against the job."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.wire import Version, Work


@dataclass(frozen=True)
class Bundle:
    """PEM, encoded again. `chain` begins with the leaf's issuer."""

    certificate: x509.Certificate
    leaf: bytes
    chain: bytes
    key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.certificate)


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER, lower-case hex."""
    return certificate.fingerprint(SHA256()).hex()


def checked_leaf(work: Work, version: Version) -> x509.Certificate:
    """The version's leaf. Raises WorkRefused unless it is the version that the job names."""
    leaf = _certificates(version.certificate_pem)[0]
    if work.serial_number and leaf.serial_number != int(work.serial_number, 16):
        raise WorkRefused("The server sent a certificate with another serial number.")
    if fingerprint_of(leaf) != (work.fingerprint_sha256 or version.fingerprint_sha256):
        raise WorkRefused("The server sent a certificate with another fingerprint.")
    return leaf


def checked_bundle(version: Version, key: bytes, now: datetime) -> Bundle:
    """Raises WorkRefused unless each certificate is issued by the next one, and all are valid now."""
    leaf, *between = _certificates(version.certificate_pem)
    chain = [*between, *(_certificates(version.chain_pem) if version.chain_pem.strip() else [])]
    if not chain and leaf.issuer != leaf.subject:
        raise WorkRefused("The server sent no chain.")
    for certificate, issuer in zip([leaf, *chain], chain, strict=False):
        _require_issued_by(certificate, issuer)
    for certificate in (leaf, *chain):
        _require_valid(certificate, now)
    return Bundle(leaf, _pem(leaf), b"".join(map(_pem, chain)), key)


def _require_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    try:
        certificate.verify_directly_issued_by(issuer)
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        raise WorkRefused("The chain does not verify.") from None
    if not constraints.ca:
        raise WorkRefused("The chain does not verify: a certificate in it is not a CA's.")


def _require_valid(certificate: x509.Certificate, now: datetime) -> None:
    now = now.astimezone(UTC)
    if certificate.not_valid_after_utc < now:
        raise WorkRefused("A certificate of the chain has expired.")
    if certificate.not_valid_before_utc > now:
        raise WorkRefused("A certificate of the chain is not valid yet: check this host's clock.")


def _certificates(pem: str) -> list[x509.Certificate]:
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
        for certificate in found:
            certificate.public_key()
    except Exception:  # the parser raises various errors for malformed certificates
        raise WorkRefused("The server's response is not a PEM certificate.") from None
    return found


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
