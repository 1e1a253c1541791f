"""Small PKIs of any shape: roots, issuers and leaves with the faults that servers have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPrivateKeyTypes,
    CertificatePublicKeyTypes,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Issuer:
    """A CA with its key."""

    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes

    def issue(
        self,
        names: Sequence[str] = ("shop.example.com",),
        key: CertificatePublicKeyTypes | None = None,
        not_before: datetime = NOW - timedelta(days=1),
        not_after: datetime = NOW + timedelta(days=90),
        extensions: Sequence[x509.ExtensionType] = (),
    ) -> x509.Certificate:
        builder = _builder(
            names[0], self.certificate.subject, key or new_key().public_key(), not_before, not_after
        )
        alternatives = [x509.DNSName(name) for name in names]
        for each in (x509.SubjectAlternativeName(alternatives), *extensions):
            builder = builder.add_extension(each, critical=False)
        return builder.sign(self.key, _hash(self.key))

    def issuer(
        self,
        name: str = "Issuing",
        key: CertificateIssuerPrivateKeyTypes | None = None,
        not_after: datetime = NOW + 5 * YEAR,
    ) -> "Issuer":
        """A CA below this one. The same name and key make a cross-certificate."""
        own = key or new_key()
        return Issuer(_ca(name, self.certificate.subject, own, self.key, not_after), own)


def root(name: str = "Root", key: CertificateIssuerPrivateKeyTypes | None = None) -> Issuer:
    own = key or new_key()
    return Issuer(_ca(name, _name(name), own, own, NOW + 20 * YEAR), own)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def huge_key() -> rsa.RSAPublicKey:
    """A number of 16,384 bits in place of a key: nobody computes with it."""
    return rsa.RSAPublicNumbers(65537, 2**16383 + 1).public_key()


def for_clients() -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])


def of_a_log() -> x509.UnrecognizedExtension:
    """An empty list of signed certificate timestamps, which only certificates of public CAs have."""
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"), b"\x04\x02\x00\x00")


def ders(*certificates: x509.Certificate) -> tuple[bytes, ...]:
    return tuple(each.public_bytes(Encoding.DER) for each in certificates)


def _ca(
    name: str,
    issuer: x509.Name,
    key: CertificateIssuerPrivateKeyTypes,
    signer: CertificateIssuerPrivateKeyTypes,
    not_after: datetime,
) -> x509.Certificate:
    builder = _builder(name, issuer, key.public_key(), NOW - YEAR, not_after)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(signer, _hash(signer))


def _builder(
    name: str, issuer: x509.Name, key: CertificatePublicKeyTypes, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(not_before).not_valid_after(not_after)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _hash(key: CertificateIssuerPrivateKeyTypes) -> SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256()
