"""How long a user who was disabled goes on being let in, over HTTP at a running stack.

CERTCTL_E2E_OUTPUTS=.local/outputs.json .venv/bin/python -m bench.running.disabling
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.support.local.stack import LocalStack

ROUNDS = 5
_WRITERS = 4
_LONGEST_SECONDS = 60.0
_POLL_SECONDS = 0.01
_REFUSED = 401


@dataclass(frozen=True)
class Call:
    """Seconds of `time.monotonic`."""

    began: float
    ended: float
    status: int


@dataclass
class Caller:
    """Repeats a call until `stopping`."""

    call: Callable[[], int]
    stopping: threading.Event
    calls: list[Call] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return bool(self.calls) and self.calls[-1].status == _REFUSED

    def run(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            status = self.call()
            self.calls.append(Call(began, time.monotonic(), status))


@dataclass(frozen=True)
class Round:
    """Milliseconds from the request that disables. `later` are writes that began after its answer, `let_in`
    those of them that were not refused."""

    answered: float
    refused_write: float
    refused_read: float
    later: int
    let_in: int


def measured(stack: LocalStack) -> Round:
    user_id, key = _new_user(stack)
    stopping = threading.Event()
    # None of these records exists: who is let in gets a 404, and nothing changes.
    write, read = (
        _status_of(stack, key, "POST", "jobs/job-none/cancel"),
        _status_of(stack, key, "GET", "jobs/job-none"),
    )
    writers, reader = [Caller(write, stopping) for _ in range(_WRITERS)], Caller(read, stopping)
    threads = [threading.Thread(target=caller.run) for caller in (*writers, reader)]
    for thread in threads:
        thread.start()
    try:
        _wait_for(lambda: all(caller.calls for caller in (*writers, reader)))
        asked = time.monotonic()
        answer = stack.call("PUT", f"/api/v1/users/{user_id}", {"name": user_id, "enabled": False})
        answered = time.monotonic()
        _check(answer.status_code == 200, answer.text)
        _wait_for(lambda: all(caller.is_refused for caller in (*writers, reader)))
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    writes = [call for writer in writers for call in writer.calls]
    later = [call for call in writes if call.began > answered]
    return Round(
        (answered - asked) * 1000,
        _refusal(writes, asked),
        _refusal(reader.calls, asked),
        len(later),
        sum(call.status != _REFUSED for call in later),
    )


def _wait_for(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONGEST_SECONDS
    while not happened():
        _check(time.monotonic() < end, "it took too long")
        time.sleep(_POLL_SECONDS)


def _refusal(calls: list[Call], asked: float) -> float:
    """The milliseconds until the end of the first call that was refused."""
    return min((call.ended - asked) * 1000 for call in calls if call.status == _REFUSED)


def _status_of(stack: LocalStack, key: str, method: str, path: str) -> Callable[[], int]:
    return lambda: stack.call(method, f"/api/v1/{path}", key=key).status_code


def _new_user(stack: LocalStack) -> tuple[str, str]:
    """Id and key."""
    name = f"Measured {uuid4().hex[:8]}"
    grants = [{"role": "operator", "teams": "*"}]
    user_id = str(_made(stack, "users", {"name": name, "grants": grants})["id"])
    return user_id, str(_made(stack, "api-keys", {"name": name, "subject_id": user_id})["key"])


def _check(is_as_expected: bool, why_not: str) -> None:
    if not is_as_expected:
        raise RuntimeError(why_not)


def _made(stack: LocalStack, path: str, body: dict[str, object]) -> dict[str, object]:
    answer = stack.call("POST", f"/api/v1/{path}", body)
    _check(answer.status_code == 201, answer.text)
    return dict(answer.json())


def main() -> None:
    outputs = Path(os.environ["CERTCTL_E2E_OUTPUTS"])
    stack = LocalStack(json.loads(outputs.read_text()), outputs.parent)
    for _ in range(ROUNDS):
        found = measured(stack)
        sys.stdout.write(
            f"disabled after {found.answered:.0f} ms, first refused write {found.refused_write:.0f} ms, "
            f"first refused read {found.refused_read:.0f} ms; {found.let_in} of {found.later} later writes "
            "let in\n"
        )


if __name__ == "__main__":
    main()
