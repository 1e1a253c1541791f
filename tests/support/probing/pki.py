"""A root, an intermediate CA, and certificates for servers with any fault."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def ecdsa_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: "tuple[x509.Certificate, ...]" = ()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The CA's certificate, and those up to the root without the root."""
        return (self.certificate, *self.above)


@dataclass(frozen=True)
class Identity:
    """What a server has: its chain as it sends it, and the key of the first certificate."""

    chain: Sequence[x509.Certificate]
    key: Key

    @property
    def leaf(self) -> x509.Certificate:
        return self.chain[0]

    def der(self) -> tuple[bytes, ...]:
        return tuple(each.public_bytes(Encoding.DER) for each in self.chain)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def written(self, directory: Path, name: str = "server") -> Path:
        """One PEM file with the key and the chain."""
        file = directory / f"{name}.pem"
        file.write_bytes(self.key_pem + pem(self.chain))
        return file


@dataclass(frozen=True)
class Pki:
    """`now` is the time about which certificates are valid."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = self._signed("Root", "Root", root_key, root_key, is_ca=True)
        intermediate = self._signed("Intermediate", "Root", key, root_key, is_ca=True)
        object.__setattr__(self, "root", root)
        object.__setattr__(self, "intermediate", Authority(intermediate, key))

    root: x509.Certificate = field(init=False)
    intermediate: Authority = field(init=False)

    def identity(
        self,
        names: Sequence[str] = ("localhost", "127.0.0.1"),
        *,
        key: Key | None = None,
        days: float = 90,
        begins: float = -30,
    ) -> Identity:
        """A certificate of the intermediate CA, sent with that of the CA."""
        own = key or ecdsa_key()
        leaf = self._signed(
            names[0],
            "Intermediate",
            own,
            self.intermediate.key,
            names=names,
            days=days,
            begins=begins,
        )
        return Identity((leaf, *self.intermediate.chain), own)

    def root_file(self, directory: Path) -> Path:
        file = directory / "root.pem"
        file.write_bytes(pem([self.root]))
        return file

    def _signed(
        self,
        subject: str,
        issuer: str,
        key: Key,
        signer: ec.EllipticCurvePrivateKey,
        *,
        names: Sequence[str] = (),
        is_ca: bool = False,
        days: float = 3650,
        begins: float = -3650,
    ) -> x509.Certificate:
        start = self.now + timedelta(begins)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_named(subject))
            .issuer_name(_named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(self.now + timedelta(days, 60))
            .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        )
        if names:
            san = x509.SubjectAlternativeName([_general(each) for each in names])
            builder = builder.add_extension(san, critical=False)
        return builder.sign(signer, SHA256())


def pem(certificates: Sequence[x509.Certificate]) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
