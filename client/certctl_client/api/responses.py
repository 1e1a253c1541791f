"""Checks responses as far as the commands rely on them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from certctl_client.api.operation import Operation
from certctl_client.api.problems import request_failed
from certctl_client.errors import CommandError

if TYPE_CHECKING:
    from certctl_client.api.http import httpx


def successful(response: "httpx.Response") -> "httpx.Response":
    if not response.is_success:
        raise request_failed(response)
    return response


def record_of[Record](operation: Operation[Record], response: "httpx.Response") -> Record:
    expected: type[Any] = operation.response
    if expected is type(None):
        return cast(Record, None)
    if expected is str:
        return cast(Record, response.text)
    return with_fields_of(operation, json_object(response))


def with_fields_of[Record](operation: Operation[Record], record: dict[str, Any]) -> Record:
    """Raises CommandError if fields are missing: another version of the API, or another server."""
    if missing := operation.required_fields - record.keys():
        raise CommandError(
            f"The server's response lacks {', '.join(sorted(missing))}.",
            "Check CERTCTL_URL, and that client and server are of the same version.",
        )
    return cast(Record, record)


def json_object(response: "httpx.Response") -> dict[str, Any]:
    try:
        body = response.json()
    except (ValueError, RecursionError):
        raise not_our_api() from None
    if not isinstance(body, dict):
        raise not_our_api()
    return body


def records_in(body: Mapping[str, Any], name: str = "data") -> list[dict[str, Any]]:
    data = body.get(name)
    if not isinstance(data, list) or not all(isinstance(record, dict) for record in data):
        raise not_our_api()
    return data


def canonical_json(value: Mapping[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785). Raises CommandError for values that have none (NaN, lone surrogates)."""
    import rfc8785  # for seals only

    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError):
        raise not_our_api() from None


def not_our_api() -> CommandError:
    return CommandError("The server's response is not from certctl's API.", "Check CERTCTL_URL.")
