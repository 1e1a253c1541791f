"""TLS servers for tls-alpn-01, and the certificates that they show, right or wrong."""

import hashlib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import socket

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from tests.support.acme.proofs import KEY_AUTHORIZATION
from tests.support.probing.servers import Conversation

ACME_IDENTIFIER = ObjectIdentifier("1.3.6.1.5.5.7.1.31")
RIGHT = b"\x04\x20" + hashlib.sha256(KEY_AUTHORIZATION).digest()


@dataclass(frozen=True)
class Shown:
    """A certificate that differs from a right one in what a test says."""

    names: tuple[str, ...] = ("www.example.com",)
    identifier: bytes | None = RIGHT
    is_critical: bool = True
    is_self_signed: bool = True
    has_names: bool = True

    def der(self) -> bytes:
        return self._made()[0].public_bytes(serialization.Encoding.DER)

    def written(self, folder: Path) -> Path:
        """A PEM file with the certificate and its key."""
        certificate, key = self._made()
        file = folder / "shown.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + _pem(key))
        return file

    def _made(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = key if self.is_self_signed else ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proof")])
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=1))
        )
        if self.has_names:
            builder = builder.add_extension(x509.SubjectAlternativeName(_general(self.names)), critical=False)
        if self.identifier is not None:
            extension = x509.UnrecognizedExtension(ACME_IDENTIFIER, self.identifier)
            builder = builder.add_extension(extension, critical=self.is_critical)
        return builder.sign(signer, hashes.SHA256()), key


def alpn_server(
    file: Path, seen: list[str | None], protocols: Sequence[str] = ("acme-tls/1",)
) -> Conversation:
    """Notes the names that clients send, and waits until they have gone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    context.sni_callback = lambda _socket, name, _context: seen.append(name)

    def converse(connection: socket) -> None:
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)

    return converse


def _general(names: Sequence[str]) -> list[x509.GeneralName]:
    return [_one(name) for name in names]


def _one(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
