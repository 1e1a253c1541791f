"""Idempotency-Key on requests that create: the same response for the same request, for 24 hours."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from certctl.api.request import Call
from certctl.crypto.audit.canonical import sha256_hex
from certctl.domain.errors import AwsRefusal, Conflict, DomainError, InvalidInput, Unavailable

if TYPE_CHECKING:
    from certctl.store.idempotency import Earlier, IdempotencyStore, Request

HEADER = "idempotency-key"
_KEY_LIMIT = 255
# A DynamoDB item holds 400 KB.
_ANSWER_LIMIT = 300_000


class Replay(Enum):
    """The repeat of a completed request: the stored response, or a 409 if it contained a secret."""

    ANSWER = auto()
    REFUSAL = auto()


def run_once(
    store: "IdempotencyStore", call: Call, replay: Replay, run: Callable[[], Response[Any]], now: datetime
) -> Response[Any]:
    """Runs the request unless it was run. Raises Conflict while it runs, InvalidInput for another body."""
    # not above: few requests have a key, and most functions start for a read
    from certctl.store.idempotency import Request

    request = Request(_record_id(call), call.body_sha256, call.request_id)
    earlier = store.begin(request, now)
    if earlier is not None:
        return _replayed(earlier, request, replay)
    if call.caller is not None:
        from certctl.domain.audit.events import OnceOnly

        call.caller = replace(call.caller, once=OnceOnly(request.id, request.owner))
    try:
        response = run()
    except Unavailable:
        raise  # it may have been done: until the lease ends it must not be repeated
    except DomainError:
        _forget(store, request)
        raise
    _finish(store, request, replay, response)
    return response


def _record_id(call: Call) -> str:
    key = call.headers[HEADER].strip()
    if not key or len(key) > _KEY_LIMIT or not (key.isascii() and key.isprintable()):
        raise InvalidInput.of("header.Idempotency-Key", f"1 to {_KEY_LIMIT} printable ASCII characters")
    caller = call.caller.key_id if call.caller else ""
    return sha256_hex("\n".join((caller, call.method, call.path, key)).encode())


def _replayed(earlier: "Earlier", request: "Request", replay: Replay) -> Response[Any]:
    if earlier.body_sha256 != request.body_sha256:
        raise InvalidInput.of("header.Idempotency-Key", "was used with another body")
    if earlier.died_done:
        raise Conflict(
            "The request with this Idempotency-Key committed its change and was cut off before it answered. "
            "Look at what it made before you send it with another key."
        )
    if earlier.answer is None:
        raise Conflict("The request with this Idempotency-Key is still running.")
    if replay is Replay.REFUSAL:
        raise Conflict("The answer to this Idempotency-Key showed a secret and is not repeated.")
    answer = json.loads(earlier.answer)
    return Response(
        status_code=answer["status"],
        content_type="application/json",
        body=answer["body"],
        headers={"Idempotency-Replayed": "true"},
    )


def _finish(store: "IdempotencyStore", request: "Request", replay: Replay, response: Response[Any]) -> None:
    body = response.body if replay is Replay.ANSWER else None
    answer = json.dumps({"status": response.status_code, "body": body})
    # the request is done: a record that cannot be written must not turn it into a failure
    with suppress(Unavailable, AwsRefusal):
        if len(answer) <= _ANSWER_LIMIT:
            store.finish(request, answer)


def _forget(store: "IdempotencyStore", request: "Request") -> None:
    with suppress(Unavailable, AwsRefusal):
        store.forget(request)
