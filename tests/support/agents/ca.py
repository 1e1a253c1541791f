"""A CA of two levels for the agent's tests, made by `cryptography`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class IssuedVersion:
    """PEM; serial and fingerprint in lower-case hex."""

    certificate_pem: str
    chain_pem: str
    serial_number: str
    fingerprint_sha256: str
    not_after: datetime

    @property
    def full(self) -> str:
        return self.certificate_pem + self.chain_pem


class AgentCa:
    def __init__(self, name: str = "test") -> None:
        root_key, self._key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _ca(f"{name} root", root_key, f"{name} root", root_key)
        self.issuing = _ca(f"{name} issuing", self._key, f"{name} root", root_key)
        self.chain_pem = _pem(self.issuing) + _pem(root)

    def issue_for_request(self, csr_pem: str, days: int = 30) -> IssuedVersion:
        csr = x509.load_pem_x509_csr(csr_pem.encode())
        assert csr.is_signature_valid
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return self._issued(csr.public_key(), names, timedelta(days=days))

    def issue(self, names: Sequence[str], days: int = 30) -> tuple[IssuedVersion, str]:
        """With a new key, in PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        sans = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        return self._issued(key.public_key(), sans, timedelta(days=days)), private_pem(key)

    def _issued(self, key: object, names: x509.SubjectAlternativeName, life: timedelta) -> IssuedVersion:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        now = datetime.now(UTC)
        leaf = (
            _builder("", key, self.issuing.subject)
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + life)
            .add_extension(names, critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self._key, SHA256())
        )
        return IssuedVersion(
            _pem(leaf),
            self.chain_pem,
            f"{leaf.serial_number:x}",
            leaf.fingerprint(SHA256()).hex(),
            leaf.not_valid_after_utc,
        )


def private_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _ca(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        _builder(name, key.public_key(), _name(issuer))
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(issuer_key, SHA256())
    )


def _builder(name: str, key: CertificateIssuerPublicKeyTypes, issuer: x509.Name) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().serial_number(x509.random_serial_number())
    return builder.subject_name(_name(name)).issuer_name(issuer).public_key(key)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)] if name else [])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
