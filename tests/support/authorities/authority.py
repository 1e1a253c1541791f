"""A root and an issuing CA with keys in memory, behind `KmsPrivateKey` as in production."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import count
from typing import Any, overload

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certctl.crypto import kms_key as keys_in_kms
from certctl.crypto.authorities.authority import issuing_certificate, root_certificate
from certctl.crypto.ca_keys import throwaway_key
from certctl.crypto.issuing.chains import IssuingChain
from certctl.crypto.issuing.issuing import LeafRequest, issue_leaf, new_serial
from certctl.crypto.kms_key import InKms, KmsPrivateKey, KmsRsaPrivateKey
from certctl.crypto.names import names_of
from certctl.domain.authorities.key_specs import KeyFamily, KeySpec
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.aws.held_keys import HeldKey, sign_digest
from tests.support.issuing.csr import PrivateKey, new_key

ROOT_CRL_URL = "http://pki.example.com/pki/ca-root.crl"
ROOT_URL = "http://pki.example.com/pki/ca-root.crt"
CRL_URL = "http://pki.example.com/pki/ca-issuing/0.crl"
ISSUER_URL = "http://pki.example.com/pki/ca-issuing.crt"
_RSA_KEYS = 6
_TURNS = count()


@dataclass(frozen=True)
class Authority:
    root: x509.Certificate
    root_key: InKms
    issuing: x509.Certificate
    issuing_key: InKms


@overload
def kms_key(key: ec.EllipticCurvePrivateKey) -> KmsPrivateKey: ...
@overload
def kms_key(key: rsa.RSAPrivateKey) -> KmsRsaPrivateKey: ...
def kms_key(key: HeldKey) -> InKms:
    """Signs digests with `key` as KMS does with MessageType=DIGEST."""
    return keys_in_kms.kms_key(key.public_key(), partial(sign_digest, key))


def held_key(spec: KeySpec) -> HeldKey:
    """A key of that spec; after six of an RSA spec the first one again, for they take a second each."""
    if spec.family is KeyFamily.ECDSA:
        return throwaway_key(spec)
    return _rsa_key(spec, next(_TURNS) % _RSA_KEYS)


@cache
def _rsa_key(spec: KeySpec, number: int) -> HeldKey:
    return throwaway_key(spec)


def new_authority(
    permitted_domains: tuple[str, ...] = (),
    root_spec: KeySpec = KeySpec.ECC_NIST_P384,
    issuing_spec: KeySpec = KeySpec.ECC_NIST_P256,
) -> Authority:
    now = datetime.now(UTC).replace(microsecond=0)
    root_key, issuing_key = kms_key(held_key(root_spec)), kms_key(held_key(issuing_spec))
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
