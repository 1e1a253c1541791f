"""Signing with keys that never leave KMS."""

import re
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.connectors.aws.errors import unavailable_when_transient
from certctl.crypto.kms_key import KmsPrivateKey, load_ec_public_key
from certctl.domain.errors import AwsRefusal, InvalidInput

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_kms.literals import SigningAlgorithmSpecType


_KEY_ARN = re.compile(r"arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")
_NO_KEY = (
    "must be a key for signing on P-256 (ECC_NIST_P256) that has the stack's tag: stacks/ca_key.yaml makes "
    "such keys"
)


class KmsSigner:
    """One asymmetric key. Raises Unavailable if KMS does not respond or throttles, and AccessDenied; errors
    due to the key's state remain ClientError: no retry helps."""

    def __init__(self, client: "KMSClient", key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn

    def sign_digest(self, digest: bytes, algorithm: str) -> bytes:
        """DER ECDSA signature; `algorithm` as KMS names it (`ECDSA_SHA_256`)."""
        with unavailable_when_transient("KMS"):
            response = self._client.sign(
                KeyId=self._key_arn,
                Message=digest,
                # ADR 2: the roles may sign digests only
                MessageType="DIGEST",
                SigningAlgorithm=cast("SigningAlgorithmSpecType", algorithm),
            )
        return response["Signature"]

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Raises ValueError unless the key is on an elliptic curve."""
        with unavailable_when_transient("KMS"):
            response = self._client.get_public_key(KeyId=self._key_arn)
        return load_ec_public_key(response["PublicKey"])


def load_key(client: "KMSClient", key_arn: str) -> KmsPrivateKey:
    """Reads the public key from KMS: one round trip."""
    signer = KmsSigner(client, key_arn)
    return KmsPrivateKey(signer.public_key(), signer.sign_digest)


def load_new_key(client: "KMSClient", key_arn: str) -> KmsPrivateKey:
    """The key of a new CA. Raises InvalidInput on `key_arn` if the key is unsuitable, or the functions may
    not use it."""
    if not _KEY_ARN.fullmatch(key_arn):
        raise InvalidInput.of("key_arn", "must be the ARN of a key in KMS: an alias may change its key")
    try:
        key = load_key(client, key_arn)
    except (ClientError, AwsRefusal, ValueError) as error:
        raise InvalidInput.of("key_arn", f"{_NO_KEY} ({error})") from error
    if not isinstance(key.public_key().curve, ec.SECP256R1):
        raise InvalidInput.of("key_arn", f"{_NO_KEY} (its curve is {key.public_key().curve.name})")
    return key


def key_of_certificate(client: "KMSClient", key_arn: str, certificate: x509.Certificate) -> KmsPrivateKey:
    """The key of a CA, for workers: the public key comes from the CA's certificate, without a round trip.
    Every signature is verified against it before use, so a key that does not match can do no harm. Raises
    ValueError unless the certificate's key is on an elliptic curve."""
    public_key = certificate.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise ValueError("a CA key is on an elliptic curve")
    return KmsPrivateKey(public_key, KmsSigner(client, key_arn).sign_digest)
