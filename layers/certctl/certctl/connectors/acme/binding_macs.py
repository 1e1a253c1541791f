"""MAC keys of EAB keys, which KMS computes and nothing stores."""

import json
from typing import TYPE_CHECKING

from certctl.connectors.aws.errors import unavailable_when_transient

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient


class BindingMacs:
    """Raises Unavailable if KMS does not respond or throttles, and AccessDenied; errors due to the key's
    state remain ClientError: no retry helps."""

    def __init__(self, client: "KMSClient", key_arn: str) -> None:
        self._client = client
        self._key_arn = key_arn

    def mac_key(self, eab_key_id: str, generation: int, salt: str) -> bytes:
        """The 32 bytes that clients get as base64url, the same ones each time (RFC 8555 section 7.3.4)."""
        with unavailable_when_transient("KMS"):
            response = self._client.generate_mac(
                KeyId=self._key_arn,
                Message=_message(eab_key_id, generation, salt),
                MacAlgorithm="HMAC_SHA_256",
            )
        return _typable(response["Mac"])


def _typable(mac: bytes) -> bytes:
    """255 of its 256 bits: base64url of them never begins with a hyphen, which certbot would take for an
    option."""
    return bytes([mac[0] & 0x7F]) + mac[1:]


def _message(eab_key_id: str, generation: int, salt: str) -> bytes:
    """One encoding of each triple, whatever the id has in it. Secrets of earlier releases have no salt."""
    salted = [salt] if salt else []
    return json.dumps(["acme-eab-key", eab_key_id, generation, *salted], separators=(",", ":")).encode()
