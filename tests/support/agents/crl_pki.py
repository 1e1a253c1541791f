"""A root and an issuing CA that publish CRLs over HTTP, and clients with certificates of theirs."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support.agents.ca import private_pem
from tests.support.client.server import Asked, LoopbackServer, Reply

_BACKDATED = timedelta(minutes=5)
VALIDITY, _ROOT_VALIDITY = timedelta(hours=72), timedelta(days=60)


@dataclass(frozen=True)
class TlsClient:
    """A file with certificate, chain and key."""

    path: Path
    serial: int


class CrlPki:
    """`objects` are what its host serves, by path: a test may replace or remove them."""

    def __init__(self, folder: Path, made_at: datetime) -> None:
        self.objects: dict[str, bytes] = {}
        self.number = 0
        self._folder, self._made_at = folder, made_at
        self._root_key, self._key = _key(), _key()
        self._host = LoopbackServer(self._respond)
        self.root = self._ca("root", self._root_key, None)
        self.issuing = self._ca("issuing", self._key, self.root)

    @contextlib.contextmanager
    def running(self) -> Iterator["CrlPki"]:
        with self._host.running():
            yield self

    def publish(self, at: datetime, *revoked: int) -> None:
        """A new CRL of each CA."""
        self.number += 1
        self.objects["/all.crl"] = self.crl(at, revoked)
        root = self._built(self.root, at, _ROOT_VALIDITY)
        self.objects["/root.crl"] = root.sign(self._root_key, SHA256()).public_bytes(Encoding.DER)

    def crl(self, at: datetime, revoked: Sequence[int] = ()) -> bytes:
        """A CRL of the issuing CA with the current number."""
        builder = self._built(self.issuing, at, VALIDITY)
        for serial in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, SHA256()).public_bytes(Encoding.DER)

    def lists(self) -> dict[str, Any]:
        """What `/.well-known/pki/crls/{issuer}` returns."""
        ca = {"ca_id": "ca-1", "state": "active", "certificate_url": f"{self._host.url}/issuing.crt"}
        pem = {"certificate_pem": _pem(self.issuing), "chain_pem": _pem(self.root)}
        lists = {**ca, **pem, "crl_urls": [f"{self._host.url}/all.crl"]}
        return {"issuer_id": "iss-local", "authorities": [lists]}

    def client(self, name: str) -> TlsClient:
        key = _key()
        leaf = (
            _builder(name, key, self.issuing.subject, self._made_at)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self._key, SHA256())
        )
        path = self._folder / f"{name}.pem"
        path.write_text(_pem(leaf) + _pem(self.issuing) + private_pem(key))
        return TlsClient(path, leaf.serial_number)

    def _ca(
        self, name: str, key: ec.EllipticCurvePrivateKey, above: x509.Certificate | None
    ) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            **dict.fromkeys(_UNUSED, False),
        )
        issuer = above.subject if above else _name(name)
        builder = (
            _builder(name, key, issuer, self._made_at)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        if above:
            url = x509.UniformResourceIdentifier(f"{self._host.url}/root.crl")
            point = x509.DistributionPoint([url], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder.sign(self._root_key, SHA256())

    def _built(
        self, ca: x509.Certificate, at: datetime, validity: timedelta
    ) -> x509.CertificateRevocationListBuilder:
        return (
            x509.CertificateRevocationListBuilder()
            .issuer_name(ca.subject)
            .last_update(at - _BACKDATED)
            .next_update(at + validity)
            .add_extension(x509.CRLNumber(self.number), critical=False)
        )

    def _respond(self, asked: Asked) -> Reply:
        found = self.objects.get(asked.path)
        return Reply(200, found) if found else Reply(404)


_UNUSED = (
    *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("encipher_only", "decipher_only"),
)


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _builder(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, made_at: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, _name(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(made_at - timedelta(days=1))
        .not_valid_after(made_at + timedelta(days=300))
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"mtls {name}")])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
