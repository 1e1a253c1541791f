"""Signing with keys that never leave KMS."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from certctl.connectors.aws.errors import unavailable_when_transient
from certctl.crypto.ca_keys import CaPublicKey, ca_public_key, spec_of
from certctl.crypto.kms_key import InKms, KmsPrivateKey, kms_algorithm, kms_key
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.errors import AwsRefusal, InvalidInput

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_kms.literals import SigningAlgorithmSpecType
    from mypy_boto3_kms.type_defs import GetPublicKeyResponseTypeDef


_KEY_ARN = re.compile(r"arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
_MADE_BY = "that has the stack's tag: stacks/ca_key.yaml makes such keys"


class KmsSigner:
    """One asymmetric key. Raises Unavailable if KMS does not respond or throttles, and AccessDenied; errors
    due to the key's state remain ClientError: no retry helps."""

    def __init__(self, client: "KMSClient", key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn

    def sign_digest(self, digest: bytes, algorithm: str) -> bytes:
        """`algorithm` as KMS names it: `kms_algorithm`."""
        with unavailable_when_transient("KMS"):
            response = self._client.sign(
                KeyId=self._key_arn,
                Message=digest,
                # ADR 2: the roles may sign digests only
                MessageType="DIGEST",
                SigningAlgorithm=cast("SigningAlgorithmSpecType", algorithm),
            )
        return response["Signature"]

    def public_key(self) -> CaPublicKey:
        """Raises ValueError for a key that no CA may have."""
        return _public_key(self.described())

    def described(self) -> "GetPublicKeyResponseTypeDef":
        """The public key, and what KMS says of it."""
        with unavailable_when_transient("KMS"):
            return self._client.get_public_key(KeyId=self._key_arn)


def load_key(client: "KMSClient", key_arn: str) -> InKms:
    """Reads the public key from KMS: one round trip. Raises ValueError for a key that no CA may have."""
    signer = KmsSigner(client, key_arn)
    return kms_key(signer.public_key(), signer.sign_digest)


def load_seal_key(client: "KMSClient", key_arn: str) -> KmsPrivateKey:
    """The key of the audit seals: one round trip. Raises ValueError unless it is on an elliptic curve."""
    key = load_key(client, key_arn)
    if not isinstance(key, KmsPrivateKey):
        raise ValueError("the key of the audit seals is on an elliptic curve")
    return key


def load_new_key(client: "KMSClient", key_arn: str, allowed: Sequence[KeySpec]) -> InKms:
    """The key of a new CA. Raises InvalidInput on `key_arn` if the key is unsuitable, or the functions may
    not use it."""
    if not _KEY_ARN.fullmatch(key_arn):
        raise InvalidInput.of("key_arn", "must be the ARN of a key in KMS: an alias may change its key")
    signer = KmsSigner(client, key_arn)
    try:
        return kms_key(_allowed_key(signer.described(), allowed), signer.sign_digest)
    except (ClientError, AwsRefusal, ValueError) as error:
        wanted = f"must be a key for signing of the spec {_any_of(allowed)} {_MADE_BY}"
        raise InvalidInput.of("key_arn", f"{wanted} ({error})") from error


def _any_of(allowed: Sequence[KeySpec]) -> str:
    *others, last = allowed
    return f"{', '.join(others)} or {last}" if others else last


def _allowed_key(found: "GetPublicKeyResponseTypeDef", allowed: Sequence[KeySpec]) -> CaPublicKey:
    """Raises ValueError: for what KMS says of the key, then for what the key itself is."""
    if found["KeyUsage"] != "SIGN_VERIFY":
        raise ValueError(f"its usage is {found['KeyUsage']}")
    spec = next((each for each in allowed if each == found["KeySpec"]), None)
    if spec is None:
        raise ValueError(f"its spec is {found['KeySpec']}")
    if kms_algorithm(spec) not in found["SigningAlgorithms"]:
        raise ValueError(f"it does not sign with {kms_algorithm(spec)}")
    key = _public_key(found)
    if spec_of(key) is not spec:
        raise ValueError(f"its spec is {spec}, and its public key is one of {spec_of(key)}")
    return key


def _public_key(found: "GetPublicKeyResponseTypeDef") -> CaPublicKey:
    """Raises ValueError for a key that no CA may have."""
    try:
        return ca_public_key(load_der_public_key(found["PublicKey"]))
    except UnsupportedAlgorithm as error:
        raise ValueError(f"its public key cannot be read: {error}") from error


def key_of_certificate(client: "KMSClient", key_arn: str, certificate: x509.Certificate) -> InKms:
    """The key of a CA, for workers: the public key comes from the CA's certificate, without a round trip.
    Every signature is verified against it before use, so a key that does not match can do no harm. Raises
    ValueError if no CA may have the certificate's key."""
    return kms_key(ca_public_key(certificate.public_key()), KmsSigner(client, key_arn).sign_digest)
