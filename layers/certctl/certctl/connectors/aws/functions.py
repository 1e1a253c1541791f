"""Synchronous invocation of one function by another."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from certctl.connectors.aws.errors import unavailable_when_transient
from certctl.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class Function:
    """Create the client with a read timeout above the function's, and with one attempt: two would run it
    twice."""

    def __init__(self, client: "LambdaClient", name: str) -> None:
        self._client = client
        self._name = name

    def call(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The function's result. Raises Unavailable if it fails or does not respond."""
        with unavailable_when_transient("Lambda"):
            response = self._client.invoke(FunctionName=self._name, Payload=json.dumps(event).encode())
            payload = response["Payload"].read()
        if response.get("FunctionError"):
            raise Unavailable(f"The function {self._name} failed: {_error_text(payload)}")
        result: dict[str, Any] = json.loads(payload)
        return result


def _error_text(payload: bytes) -> str:
    try:
        return str(json.loads(payload)["errorMessage"])[:256]
    except (ValueError, KeyError, TypeError):
        return "it gave no reason"
