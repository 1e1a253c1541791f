"""An ACME client that sends one request at a time, signed by the `acme` library: for sequences of requests
that were read in the source of a client which cannot run here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import requests
from acme import jws, messages
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from josepy.b64 import b64decode, b64encode
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from tests.support.acme_clients.sites import AcmeSite, Binding

type Key = ec.EllipticCurvePrivateKey

_HEADERS = {"Content-Type": "application/jose+json", "User-Agent": "Go-http-client/1.1"}
_AS_GET = b""
_SECONDS = 30


@dataclass
class RawClient:
    site: AcmeSite
    key: Key
    """The key of the ACME account."""
    directory: Mapping[str, Any]
    account: str = ""
    """URL of the ACME account, once it is known."""
    nonces: list[str] = field(default_factory=list)

    @classmethod
    def starting(cls, site: AcmeSite, key: Key | None = None) -> Self:
        """Reads the directory, as a client does at its start."""
        found = requests.get(site.directory_url, verify=str(site.trusted), timeout=_SECONDS)
        found.raise_for_status()
        return cls(site, key or new_key(), found.json())

    def by_key(self, resource: str, payload: Mapping[str, Any]) -> requests.Response:
        """A POST to a URL of the directory with `jwk`: newAccount, revokeCert."""
        return self._post(self.directory[resource], json.dumps(payload).encode(), self.key, "")

    def by_certificate_key(self, resource: str, payload: Mapping[str, Any], key: Key) -> requests.Response:
        return self._post(self.directory[resource], json.dumps(payload).encode(), key, "")

    def by_account(self, url: str, payload: Mapping[str, Any]) -> requests.Response:
        return self._post(url, json.dumps(payload).encode(), self.key, self.account)

    def read(self, url: str) -> requests.Response:
        """POST-as-GET."""
        return self._post(url, _AS_GET, self.key, self.account)

    def bound(self, binding: Binding) -> Mapping[str, Any]:
        """The member `externalAccountBinding` of a newAccount."""
        directory = messages.Directory({"newAccount": self.directory["newAccount"]})
        found = messages.ExternalAccountBinding.from_data(
            _jwk(self.key).public_key(), binding.key_id, binding.secret, directory
        )
        return dict(found)

    def change_key(self, new: Key) -> requests.Response:
        """The inner JWS is signed by the new key and has no nonce (RFC 8555, section 7.3.5)."""
        url = self.directory["keyChange"]
        payload = {"account": self.account, "oldKey": _jwk(self.key).public_key().to_json()}
        inner = _signed(json.dumps(payload).encode(), new, url, nonce=None, kid="")
        return self._post(url, inner.encode(), self.key, self.account)

    def _post(self, url: str, payload: bytes, key: Key, kid: str) -> requests.Response:
        body = _signed(payload, key, url, nonce=b64decode(self._nonce()), kid=kid)
        found = requests.post(
            url, data=body, headers=_HEADERS, verify=str(self.site.trusted), timeout=_SECONDS
        )
        self.nonces += [found.headers["Replay-Nonce"]] if "Replay-Nonce" in found.headers else []
        return found

    def _nonce(self) -> str:
        """The newest of those that answers brought, as Go's clients do."""
        if self.nonces:
            return self.nonces.pop()
        found = requests.head(self.directory["newNonce"], verify=str(self.site.trusted), timeout=_SECONDS)
        assert found.status_code == 200
        return found.headers["Replay-Nonce"]


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def csr(key: Key, *names: str) -> str:
    """A CSR with the first name as its common name, in base64url, as `finalize` takes it."""
    san = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(san, critical=False)
    return b64encode(made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)).decode()


def dns_names(*names: str) -> list[dict[str, str]]:
    return [{"type": "dns", "value": name} for name in names]


def der_of(pem: str) -> str:
    """The first certificate of a chain in base64url, as `revokeCert` takes it."""
    certificate = x509.load_pem_x509_certificates(pem.encode())[0]
    return b64encode(certificate.public_bytes(Encoding.DER)).decode()


def _jwk(key: Key) -> JWKEC:
    return JWKEC(key=key)


def _signed(payload: bytes, key: Key, url: str, *, nonce: bytes | None, kid: str) -> str:
    made = jws.JWS.sign(payload, key=_jwk(key), alg=ES256, nonce=nonce, url=url, kid=kid or None)
    return str(made.json_dumps())
