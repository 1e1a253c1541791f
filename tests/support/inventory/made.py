"""Certificates that others issued, and what the inventory knows about them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certctl.crypto.inventory.facts import parse
from certctl.domain.inventory.manifests import Found
from certctl.domain.inventory.observed import ObservedCertificate, ParsedCertificate
from certctl.domain.inventory.places import parse_place

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
_KEYS = [ec.generate_private_key(ec.SECP256R1()) for _ in range(4)]
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_RSA = rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True)
class Maker:
    """A CA of somebody else, which signs what a test needs."""

    common_name: str = "Their CA"
    key: Any = _KEYS[0]

    @property
    def name(self) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.common_name)])

    def certificate(self, *, begins: datetime = NOW, days: int = 3650) -> bytes:
        lifetime = timedelta(days=days)
        return _signed(self, self.name, [], self.key.public_key(), begins, lifetime, is_ca=True)

    def self_signed(self, name: str) -> bytes:
        """A server's certificate as `openssl req -x509` makes it: a CA with the name of a host."""
        sans = [x509.DNSName(name)]
        return _signed(self, self.name, sans, self.key.public_key(), NOW, timedelta(days=30), is_ca=True)

    def leaf(
        self,
        *names: str,
        key: Any = _KEYS[1],
        common_name: str = "",
        begins: datetime = NOW - timedelta(days=1),
        days: int = 90,
    ) -> bytes:
        """The DER of a leaf; the first name is its common name unless one is given."""
        common = common_name or (names[0] if names else "")
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else []
        sans = [x509.DNSName(name) for name in names]
        lifetime = timedelta(days=days)
        return _signed(self, x509.Name(attributes), sans, key.public_key(), begins, lifetime, is_ca=False)

    def rsa_leaf(self, *names: str) -> bytes:
        return self.leaf(*names, key=_RSA)


def _signed(
    maker: Maker,
    subject: x509.Name,
    sans: Sequence[x509.GeneralName],
    public_key: Any,
    begins: datetime,
    lifetime: timedelta,
    *,
    is_ca: bool,
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(maker.name)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lifetime)
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
    )
    if sans:
        builder = builder.add_extension(x509.SubjectAlternativeName(sans), critical=False)
    return builder.sign(maker.key, SHA256()).public_bytes(Encoding.DER)


def observed(parsed: ParsedCertificate, **changes: Any) -> ObservedCertificate:
    """The certificate as the inventory keeps it, found now."""
    certificate = ObservedCertificate(
        fingerprint=parsed.fingerprint,
        facts=parsed.facts,
        spki_sha256=parsed.spki_sha256,
        names_digest=parsed.names_digest,
        first_seen_at=NOW,
        team_id="t-default",
    )
    return replace(certificate, **changes)


def found(place: str, der: bytes, *chain: bytes) -> Found:
    parsed, *others = [parse(each) for each in (der, *chain)]
    return Found(parse_place(place), parsed.fingerprint, tuple(each.fingerprint for each in others))


def pkcs7_of(*ders: bytes, encoding: Encoding = Encoding.DER) -> str:
    """A PKCS #7 file with these certificates in this order: PEM, or DER as base64."""
    body = b"".join(ders)
    signed = _tlv(
        0x30, b"\x02\x01\x01" + _tlv(0x31, b"") + _tlv(0x30, _DATA) + _tlv(0xA0, body) + _tlv(0x31, b"")
    )
    text = base64.b64encode(_tlv(0x30, _SIGNED_DATA + _tlv(0xA0, signed))).decode()
    if encoding is Encoding.DER:
        return text
    return f"-----BEGIN PKCS7-----\n{text}\n-----END PKCS7-----\n"


def _tlv(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(octets)]) + octets + content
