"""KMS and Lambda as far as the PKI functions call them: with given keys, and with functions that run."""

import hmac
import io
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from certctl.crypto.kms_key import InKms
from tests.support.aws.held_keys import description
from tests.support.aws.key_policies import tag_of
from tests.support.aws.least_privilege import require_allowed
from tests.support.functions.lambda_context import Context


class LocalKms:
    """A botocore client's methods over keys in memory, by ARN."""

    def __init__(self, keys: Mapping[str, InKms]) -> None:
        self._keys = keys
        self.signed_with: list[str] = []
        self.decrypted_with: list[str] = []
        self.macs_made: list[bytes] = []

    def get_public_key(self, KeyId: str) -> dict[str, Any]:
        require_allowed("kms", "GetPublicKey", {"KeyId": KeyId})
        return description(self._keys[KeyId].public_key())

    def sign(self, KeyId: str, Message: bytes, MessageType: str, SigningAlgorithm: str) -> dict[str, Any]:
        if MessageType != "DIGEST":
            raise AssertionError("the key policy denies all but digests")
        about = {"KeyId": KeyId, "MessageType": MessageType, "SigningAlgorithm": SigningAlgorithm}
        require_allowed("kms", "Sign", about)
        self.signed_with.append(KeyId)
        return {"Signature": self._keys[KeyId]._digests._sign_digest(Message, SigningAlgorithm)}

    def list_resource_tags(self, KeyId: str) -> dict[str, Any]:
        """One page, as KMS gives for few tags."""
        require_allowed("kms", "ListResourceTags", {"KeyId": KeyId})
        value = os.environ.get("CERTCTL_STACK", "")
        return {"Tags": [{"TagKey": tag_of(KeyId), "TagValue": value}], "Truncated": False}

    def encrypt(self, KeyId: str, Plaintext: bytes, EncryptionContext: dict[str, str]) -> dict[str, Any]:
        """Not secret: the ciphertext names key and context, and has the plaintext."""
        require_allowed("kms", "Encrypt", {"KeyId": KeyId, "EncryptionContext": EncryptionContext})
        return {"CiphertextBlob": _bound(KeyId, EncryptionContext) + Plaintext}

    def decrypt(self, KeyId: str, CiphertextBlob: bytes, EncryptionContext: dict[str, str]) -> dict[str, Any]:
        require_allowed("kms", "Decrypt", {"KeyId": KeyId, "EncryptionContext": EncryptionContext})
        self.decrypted_with.append(KeyId)
        bound = _bound(KeyId, EncryptionContext)
        if not CiphertextBlob.startswith(bound):
            raise ClientError({"Error": {"Code": "InvalidCiphertextException", "Message": ""}}, "Decrypt")
        return {"Plaintext": CiphertextBlob.removeprefix(bound)}

    def generate_mac(self, KeyId: str, Message: bytes, MacAlgorithm: str) -> dict[str, Any]:
        """The ARN is the key of the MAC."""
        require_allowed("kms", "GenerateMac", {"KeyId": KeyId, "MacAlgorithm": MacAlgorithm})
        self.macs_made.append(Message)
        return {"Mac": hmac.digest(KeyId.encode(), Message, "sha256")}


def _bound(key_id: str, context: Mapping[str, str]) -> bytes:
    return json.dumps([key_id, context], sort_keys=True).encode() + b"\n"


class LocalLambda:
    """Runs a handler in process, as a synchronous invocation does."""

    def __init__(self, handlers: Mapping[str, Callable[[Any, Any], Any]]) -> None:
        self._handlers = handlers

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        require_allowed("lambda", "Invoke", {"FunctionName": FunctionName})
        try:
            answer = self._handlers[FunctionName](json.loads(Payload), Context())
        except Exception as error:
            failure = {"errorMessage": str(error), "errorType": type(error).__name__}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(failure).encode())}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}
