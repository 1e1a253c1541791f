"""Faults between us and DynamoDB, below the real client."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class _Refused:
    status_code: int = 400


@contextmanager
def answers_lost(client: Any, operation: str, times: int = 1) -> Iterator[None]:
    """`update_item`: the first `times` calls succeed, but their responses are lost, and the SDK repeats
    them."""
    real: Callable[..., Any] = getattr(client, operation)
    left = times

    def repeated(**request: Any) -> Any:
        nonlocal left
        if left > 0:
            left -= 1
            real(**request)
        return real(**request)

    setattr(client, operation, repeated)
    try:
        yield
    finally:
        setattr(client, operation, real)


@contextmanager
def refusals(client: Any, event: str, code: str, times: int, message: str = "") -> Iterator[list[str]]:
    """`TransactWriteItems`, `UpdateItem`: the first `times` calls are answered with this error. Gives the
    list of calls seen. `TransactionConflict` and `TransactionCanceled:<code>` are reasons of a cancellation.
    """
    seen: list[str] = []
    name = f"before-call.dynamodb.{event}"

    def refuse(**_: Any) -> Any:
        seen.append(event)
        return (_Refused(), _error(code, message)) if len(seen) <= times else None

    client.meta.events.register(name, refuse)
    try:
        yield seen
    finally:
        client.meta.events.unregister(name, refuse)


def _error(code: str, message: str) -> dict[str, Any]:
    _, is_reason, reason = code.partition(":")
    if is_reason or code == "TransactionConflict":
        reasons = [{"Code": reason or code}, {"Code": "None"}]
        return {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return {"Error": {"Code": code, "Message": message}}
