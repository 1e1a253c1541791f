"""moto's KMS, mended: it signs the digest of a digest, does not say a key's spec, and refuses with other
errors than AWS does."""

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.exceptions import JsonRESTError
from moto.kms.responses import KmsResponse

from tests.support.aws.held_keys import sign_digest

_described = KmsResponse.get_public_key
_signed = KmsResponse.sign


def mend_kms(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(KmsResponse, "get_public_key", _get_public_key)
    patch.setattr(KmsResponse, "sign", _sign)


def _get_public_key(response: Any) -> str:
    found = json.loads(_described(response))
    return json.dumps({**found, "KeySpec": found["CustomerMasterKeySpec"]})


def _sign(response: Any) -> str:
    if response._get_param("MessageType") != "DIGEST":
        return _signed(response)
    key = response.kms_backend.describe_key(response._get_param("KeyId"))
    message, algorithm = response._get_param("Message"), response._get_param("SigningAlgorithm")
    if key.key_usage != "SIGN_VERIFY":
        raise JsonRESTError("InvalidKeyUsageException", f"{key.arn} key usage is {key.key_usage}.")
    try:
        signature = sign_digest(key.private_key.private_key, message, algorithm)
    except ClientError as error:
        raise JsonRESTError(error.response["Error"]["Code"], error.response["Error"]["Message"]) from error
    made = {"KeyId": key.arn, "SigningAlgorithm": algorithm}
    return json.dumps({**made, "Signature": base64.b64encode(signature).decode()})
