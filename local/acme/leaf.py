"""The certificate of https://localhost, of the stack's own CA: an ordinary record of the API, requested at
the first start and renewed by a start in the last third of its validity."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from local.demo.api import Api, DemoError
from local.emulator.state import write_private_text

RECORD = "local-acme-https"
_HOST, _ADDRESS = "localhost", "127.0.0.1"
_PATIENCE, _PAUSE = timedelta(seconds=60), timedelta(seconds=0.3)


@dataclass(frozen=True)
class Leaf:
    """`file`, which its owner alone reads, has the private key, the leaf and its CA."""

    api: Api
    file: Path

    def obtain(self, now: datetime) -> None:
        """Does nothing while the leaf that is there has a third of its validity left. Raises DemoError."""
        if not self._has_time(now):
            key = ec.generate_private_key(ec.SECP256R1())
            chain = self._chain(self._request(key), key.public_key())
            encoded = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
            write_private_text(self.file, encoded + chain)

    def write_root(self, file: Path) -> None:
        """What clients have to trust: the end of the chain of the leaf's CA."""
        _, issuing = x509.load_pem_x509_certificates(self.file.read_bytes())
        for listed in self.api.call("GET", "/authorities")["data"]:
            found = self.api.call("GET", f"/authorities/{listed['ca_id']}")
            if x509.load_pem_x509_certificate(found["certificate_pem"].encode()) == issuing:
                root = x509.load_pem_x509_certificates(found["chain_pem"].encode())[-1]
                file.write_bytes(root.public_bytes(Encoding.PEM))

    def _has_time(self, now: datetime) -> bool:
        if not self.file.exists():
            return False
        leaf, *_ = x509.load_pem_x509_certificates(self.file.read_bytes())
        lifetime = leaf.not_valid_after_utc - leaf.not_valid_before_utc
        return leaf.not_valid_after_utc - now > lifetime / 3

    def _request(self, key: ec.EllipticCurvePrivateKey) -> str:
        """The id of the record that is going to have a certificate of this key: the known one, new or
        renewed; another one where somebody has ended that."""
        csr = _signing_request(key)
        body = {"common_name": _HOST, "sans": [f"IP:{_ADDRESS}"], "environment": "local", "csr_pem": csr}
        ways = (
            ("/certificates", body | {"id": RECORD}),
            (f"/certificates/{RECORD}/renew", {"csr_pem": csr}),
            ("/certificates", body),
        )
        refused = DemoError("nothing was asked for")
        for path, content in ways:
            try:
                return str(self.api.call("POST", path, content).get("id", RECORD))
            except DemoError as refusal:
                refused = refusal
        raise refused

    def _chain(self, certificate_id: str, key: ec.EllipticCurvePublicKey) -> str:
        """Waits for the version with this key."""
        until, missing = time.monotonic() + _PATIENCE.total_seconds(), DemoError(f"{_HOST} was not issued")
        while time.monotonic() < until:
            try:
                chain = self.api.text(f"/certificates/{certificate_id}/export/pem")
                if _spki(x509.load_pem_x509_certificates(chain.encode())[0].public_key()) == _spki(key):
                    return chain
            except DemoError as refusal:
                missing = refusal
            time.sleep(_PAUSE.total_seconds())
        raise missing


def obtain(api: Api, file: Path, root: Path) -> None:
    """Sees that both files are there. Raises DemoError."""
    leaf = Leaf(api, file)
    leaf.obtain(datetime.now(UTC))
    leaf.write_root(root)


def _signing_request(key: ec.EllipticCurvePrivateKey) -> str:
    names = x509.SubjectAlternativeName([x509.DNSName(_HOST), x509.IPAddress(IPv4Address(_ADDRESS))])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOST)])
    builder = x509.CertificateSigningRequestBuilder(subject).add_extension(names, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _spki(key: CertificatePublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
