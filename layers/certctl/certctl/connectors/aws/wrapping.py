"""Encrypts small secrets by a key in KMS, bound to a context (kms:EncryptionContext)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from certctl.connectors.aws.errors import unavailable_when_transient

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class KeyWrapping:
    """Raises Unavailable if KMS does not respond or throttles, and AccessDenied; errors due to the key's
    state and to another context remain ClientError: no retry helps."""

    def __init__(self, client: "KMSClient", key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn

    def wrap(self, secret: bytes, context: Mapping[str, str]) -> bytes:
        """Encrypts at most 4,096 bytes."""
        with unavailable_when_transient("KMS"):
            response = self._client.encrypt(
                KeyId=self._key_arn, Plaintext=secret, EncryptionContext=dict(context)
            )
        return response["CiphertextBlob"]

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        with unavailable_when_transient("KMS"):
            response = self._client.decrypt(
                KeyId=self._key_arn, CiphertextBlob=wrapped, EncryptionContext=dict(context)
            )
        return response["Plaintext"]


def responder_context(stack: str, ca_id: str) -> Mapping[str, str]:
    """A responder's key opens for its own stack and CA only."""
    # ADR 42: KMS refuses to decrypt the key of another CA, or of another stack, under this context.
    return {"stack": stack, "ca_id": ca_id}
