"""A CA whose leaf names an OCSP responder with a delegated key, served over HTTP."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from certctl_client.agent.bundles import Bundle
from tests.support.agents.ca import private_pem
from tests.support.client.server import Asked, LoopbackServer, Reply

_AIA = AuthorityInformationAccessOID


class OcspPki:
    """A root, an issuing CA, a delegated responder and a leaf. `root_der` is what the AIA of the issuing CA
    leads to."""

    def __init__(self) -> None:
        self._server = LoopbackServer(self._respond)
        self._keys = {
            name: ec.generate_private_key(ec.SECP256R1()) for name in ("root", "ca", "ocsp", "leaf")
        }
        self.root = self._made("root", "root", ca=True)
        self.ca = self._made("ca", "root", ca=True, issuer_url="/root.crt")
        self.responder = self._made("ocsp", "ca", ca=False)
        self.leaf = self._made("leaf", "ca", ca=False, ocsp_url="/ocsp")
        self.root_der = self.root.public_bytes(Encoding.DER)

    @contextlib.contextmanager
    def running(self) -> Iterator["OcspPki"]:
        with self._server.running():
            yield self

    @property
    def bundle(self) -> Bundle:
        pem = self.leaf.public_bytes(Encoding.PEM), self.ca.public_bytes(Encoding.PEM)
        return Bundle(self.leaf, *pem, private_pem(self._keys["leaf"]).encode())

    def _made(
        self, name: str, issuer: str, *, ca: bool, issuer_url: str = "", ocsp_url: str = ""
    ) -> x509.Certificate:
        now, key = datetime.now(UTC), self._keys[name].public_key()
        builder = (
            x509.CertificateBuilder(_name(issuer), _name(name), key, x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        urls = {_AIA.CA_ISSUERS: issuer_url, _AIA.OCSP: ocsp_url}
        access = [_access(method, f"{self._server.url}{path}") for method, path in urls.items() if path]
        if access:
            builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
        if name == "ocsp":
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
            builder = builder.add_extension(usage, critical=False).add_extension(x509.OCSPNoCheck(), False)
        return builder.sign(self._keys[issuer], SHA256())

    def _respond(self, asked: Asked) -> Reply:
        if asked.path == "/root.crt":
            return Reply(200, self.root_der)
        return Reply(200, self._status(), {"Content-Type": "application/ocsp-response"})

    def _status(self) -> bytes:
        now = datetime.now(UTC)
        response = ocsp.OCSPResponseBuilder().add_response(
            cert=self.leaf,
            issuer=self.ca,
            algorithm=SHA1(),  # noqa: S303 - what HAProxy asks with
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=now - timedelta(minutes=1),
            next_update=now + timedelta(hours=12),
            revocation_time=None,
            revocation_reason=None,
        )
        signed = response.responder_id(ocsp.OCSPResponderEncoding.HASH, self.responder)
        return (
            signed.certificates([self.responder])
            .sign(self._keys["ocsp"], SHA256())
            .public_bytes(Encoding.DER)
        )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"ocsp test {name}")])


def _access(method: x509.ObjectIdentifier, url: str) -> x509.AccessDescription:
    return x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
