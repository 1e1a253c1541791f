"""The DynamoDB calls of a request, and how many are sequential. Each call is one step after the latest known
to its thread: a task starts where its submitter was, and a thread that takes a task's result continues where
that ended. So parallel calls count as one, on any machine and with any timing of threads."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from certctl.batches import Batch


@dataclass(frozen=True)
class RoundTrip:
    """`purpose` is `route`, or one that every request has: `key`, `key use` (once
    an hour and process), `audit`, `idempotency`."""

    operation: str
    table: str
    step: int
    purpose: str
    parameters: dict[str, Any]


@dataclass
class Recording:
    calls: list[RoundTrip] = field(default_factory=list)

    def steps(self, purpose: str = "route") -> int:
        """The longest chain of calls that wait for one another."""
        return max((call.step for call in self.calls if call.purpose == purpose), default=0)

    def count(self, purpose: str = "route") -> int:
        return sum(call.purpose == purpose for call in self.calls)

    @property
    def transactions(self) -> list[dict[str, Any]]:
        """The actions of the transactions, in order."""
        calls = [call.parameters for call in self.calls if call.operation == "TransactWriteItems"]
        return [action for parameters in calls for action in parameters["TransactItems"]]


_OF_STATE = {"audit_samples": "audit", "idempotency": "idempotency"}


class StepClock(threading.local):
    """The number of completed steps known to this thread."""

    steps = 0


@contextmanager
def recorded(client: Any) -> Iterator[Recording]:
    """Records the calls of one botocore client."""
    recording, clock = Recording(), StepClock()

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        purpose = _purpose(model.name, params)
        if purpose == "route":
            clock.steps += 1
        table = params.get("TableName") or "+".join(params.get("RequestItems", {})) or "(transaction)"
        recording.calls.append(RoundTrip(model.name, table, clock.steps, purpose, params))

    event = "provide-client-params.dynamodb"
    client.meta.events.register_first(event, note)
    try:
        with threads_tell(clock):
            yield recording
    finally:
        client.meta.events.unregister(event, note)


@contextmanager
def threads_tell(clock: StepClock) -> Iterator[None]:
    submit, result = ThreadPoolExecutor.submit, Future.result

    def submitting(pool: Any, task: Callable[..., Any], *arguments: Any, **named: Any) -> Future[Any]:
        began = clock.steps
        end = [began]

        def run() -> Any:
            clock.steps = began
            try:
                return task(*arguments, **named)
            finally:
                end[0] = clock.steps

        future = submit(pool, run)
        future.__dict__["end"] = end
        return future

    def taking(future: Future[Any], timeout: float | None = None) -> Any:
        try:
            return result(future, timeout)
        finally:
            clock.steps = max(clock.steps, *future.__dict__.get("end", [0]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ThreadPoolExecutor, "submit", submitting)
        patch.setattr(Future, "result", taking)
        with _batches_tell(clock):
            yield


@contextmanager
def _batches_tell(clock: StepClock) -> Iterator[None]:
    """Each record of a batch starts where the batch did, whichever of its threads takes it."""
    work_off, work = Batch._ended, Batch._has_ended
    ends: dict[int, list[int]] = {}

    def working_off(batch: Batch, *arguments: Any) -> Any:
        ends[id(batch)] = [clock.steps]
        try:
            return work_off(batch, *arguments)
        finally:
            clock.steps = max(ends.pop(id(batch)))

    def working(batch: Batch, *arguments: Any) -> bool:
        clock.steps = ends[id(batch)][0]
        try:
            return work(batch, *arguments)
        finally:
            ends[id(batch)].append(clock.steps)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Batch, "_ended", working_off)
        patch.setattr(Batch, "_has_ended", working)
        yield


def _purpose(operation: str, params: dict[str, Any]) -> str:
    table = params.get("TableName")
    if (operation == "GetItem" and table == "credentials") or "credentials" in params.get("RequestItems", {}):
        return "key"
    if operation == "UpdateItem" and table == "catalog" and "last_used_at" in str(params):
        return "key use"
    if operation == "PutItem" and table == "audit":
        return "audit"
    key = params.get("Key") or params.get("Item") or {}
    return _OF_STATE.get(key.get("kind", {}).get("S", ""), "route")
