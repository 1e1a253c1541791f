"""A root and an issuing CA with keys in memory, behind `KmsPrivateKey` as in production."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from certctl.crypto.authorities.authority import issuing_certificate, root_certificate
from certctl.crypto.issuing.chains import IssuingChain
from certctl.crypto.issuing.issuing import LeafRequest, issue_leaf, new_serial
from certctl.crypto.kms_key import KmsPrivateKey
from certctl.crypto.names import names_of
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.issuing.csr import PrivateKey, new_key

ROOT_CRL_URL = "http://pki.example.com/pki/ca-root.crl"
ROOT_URL = "http://pki.example.com/pki/ca-root.crt"
CRL_URL = "http://pki.example.com/pki/ca-issuing/0.crl"
ISSUER_URL = "http://pki.example.com/pki/ca-issuing.crt"
_HASHES = {"ECDSA_SHA_256": hashes.SHA256(), "ECDSA_SHA_384": hashes.SHA384()}


@dataclass(frozen=True)
class Authority:
    root: x509.Certificate
    root_key: KmsPrivateKey
    issuing: x509.Certificate
    issuing_key: KmsPrivateKey


def kms_key(key: ec.EllipticCurvePrivateKey) -> KmsPrivateKey:
    """Signs digests with `key` as KMS does with MessageType=DIGEST."""

    def sign_digest(digest: bytes, algorithm: str) -> bytes:
        return key.sign(digest, ec.ECDSA(utils.Prehashed(_HASHES[algorithm])))

    return KmsPrivateKey(key.public_key(), sign_digest)


def new_authority(permitted_domains: tuple[str, ...] = ()) -> Authority:
    now = datetime.now(UTC).replace(microsecond=0)
    root_key = kms_key(ec.generate_private_key(ec.SECP384R1()))
    issuing_key = kms_key(ec.generate_private_key(ec.SECP256R1()))
    start = now - timedelta(minutes=5)
    root = root_certificate("CN=Test Root,O=Example", root_key, start, now + timedelta(days=15 * 365))
    issuing = issuing_certificate(
        "CN=Test Issuing,O=Example",
        issuing_key.public_key(),
        root,
        root_key,
        permitted_domains,
        ROOT_CRL_URL,
        ROOT_URL,
        start,
        now + timedelta(days=5 * 365),
    )
    return Authority(root, root_key, issuing, issuing_key)


def chain_of(authority: Authority) -> IssuingChain:
    return IssuingChain.of([authority.issuing, authority.root])


def a_request(
    common_name: str = "www.example.com",
    sans: Sequence[str] = ("a.example.com",),
    key: PrivateKey | None = None,
    **changes: Any,
) -> LeafRequest:
    """A server leaf of 200 days for a new P-256 key; `changes` replace fields."""
    now = datetime.now(UTC).replace(microsecond=0)
    request = LeafRequest(
        public_key=(key or new_key()).public_key(),
        common_name=common_name,
        names=names_of(common_name, sans),
        extended_key_usages=(ExtendedKeyUsage.SERVER_AUTH,),
        serial=new_serial(),
        not_before=now - timedelta(minutes=5),
        not_after=now + timedelta(days=200),
        crl_url=CRL_URL,
        issuer_url=ISSUER_URL,
        ocsp_url=None,
    )
    return replace(request, **changes)


def issued(authority: Authority, **changes: Any) -> x509.Certificate:
    return issue_leaf(a_request(**changes), chain_of(authority), authority.issuing_key)
