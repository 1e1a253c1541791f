"""Certificates, keys and files that hold them, for tests of the import."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certctl_client.importing.found import Finding, Found, KeyLeft, Refused
from certctl_client.importing.scanning import Scan

_NOW = datetime(2026, 11, 27, tzinfo=UTC)


@cache
def a_key(curve: str = "secp256r1") -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1() if curve == "secp256r1" else ec.SECP384R1())


def key_pem() -> bytes:
    return a_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate(name: str, issuer: str = "ca.example", *, ca: bool = False, serial: int = 7) -> bytes:
    """A certificate in DER. All have the same key: nobody here verifies a signature."""

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(a_key().public_key())
        .serial_number(serial)
        .not_valid_before(_NOW - timedelta(days=1))
        .not_valid_after(_NOW + timedelta(days=46))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return builder.sign(a_key(), SHA256()).public_bytes(Encoding.DER)


def pem(*certificates: bytes) -> bytes:
    loaded = map(x509.load_der_x509_certificate, certificates)
    return b"".join(each.public_bytes(Encoding.PEM) for each in loaded)


@dataclass(frozen=True)
class Seen:
    """What a scan came to, by kind."""

    found: tuple[Found, ...]
    refused: tuple[Refused, ...]
    keys: tuple[KeyLeft, ...]
    all: tuple[Finding, ...]

    @property
    def certificates(self) -> list[bytes]:
        return [each.certificate for each in self.found]


def scanned(place: Path | bytes, *passwords: str) -> Seen:
    """Scans a directory, a file, or bytes that were piped in."""
    scan = Scan(lambda: passwords)
    if isinstance(place, bytes):
        findings = tuple(scan.text(place))
    else:
        findings = tuple(scan.directory(place) if place.is_dir() else scan.file(place))
    return Seen(
        tuple(each for each in findings if isinstance(each, Found)),
        tuple(each for each in findings if isinstance(each, Refused)),
        tuple(each for each in findings if isinstance(each, KeyLeft)),
        findings,
    )
