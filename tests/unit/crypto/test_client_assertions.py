"""JWTs with which this stack proves at a token endpoint who it is."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from certctl.crypto.identity.client_assertions import client_assertion, is_private_key
from certctl.crypto.identity.key_sets import parse_key_set
from certctl.crypto.identity.tokens import parse, verify
from certctl.domain.identity.foreign_tokens import ExpectedClaims
from tests.support.identity.issuers import PrivateKey, base64url, jwk, private_key

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
TOKEN_URL = "https://login.example.com/token"  # a URL


def pem_of(key: PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def header_of(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    header: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return header


@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_an_assertion_is_signed_for_one_endpoint_and_a_minute(kind: str) -> None:
    token = client_assertion(pem_of(private_key(kind)), "certctl", TOKEN_URL, NOW)
    keys = parse_key_set(json.dumps({"keys": [jwk(kind, kid=header_of(token)["kid"])]}))
    claims = verify(parse(token), keys, ExpectedClaims("certctl", TOKEN_URL), NOW)
    assert (claims["sub"], claims["exp"] - claims["iat"]) == ("certctl", 60)


def test_each_assertion_has_an_id_of_its_own() -> None:
    pem = pem_of(private_key("P-256"))
    assert len({client_assertion(pem, "c", TOKEN_URL, NOW).split(".")[1] for _ in range(3)}) == 3


def test_the_key_id_is_the_thumbprint_of_rfc_7638() -> None:
    token = client_assertion(pem_of(private_key("RSA")), "c", TOKEN_URL, NOW)
    public = jwk("RSA", kid=None)
    canonical = json.dumps({name: public[name] for name in ("e", "kty", "n")}, separators=(",", ":"))
    assert header_of(token)["kid"] == base64url(hashlib.sha256(canonical.encode()).digest())


def test_a_certificate_beside_the_key_is_named_by_its_thumbprint() -> None:
    key, name = private_key("RSA"), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "certctl")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1)).sign(
        key, hashes.SHA256()
    )
    pem = pem_of(key) + made.public_bytes(serialization.Encoding.PEM).decode()
    header = header_of(client_assertion(pem, "c", TOKEN_URL, NOW))
    assert header["x5t#S256"] == base64url(made.fingerprint(hashes.SHA256()))
    assert "kid" not in header


@pytest.mark.parametrize("kind", ["P-384", "Ed25519", "RSA-1024"])
def test_another_key_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="must be an RSA key"):
        client_assertion(pem_of(private_key(kind)), "c", TOKEN_URL, NOW)


def test_a_secret_is_no_key() -> None:
    assert not is_private_key("a+secret")
    with pytest.raises(ValueError, match=r".+"):
        client_assertion("-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----", "c", TOKEN_URL, NOW)
