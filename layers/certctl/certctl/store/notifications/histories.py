"""The attempts of a row as it stores them: one JSON text."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from certctl.domain.notifications.notifications import Attempt
from certctl.domain.times import from_wire, to_wire


def history_text(attempts: Iterable[Attempt]) -> str:
    """Arrays, not objects: the names alone would cost a write unit."""
    rows = [[a.n, to_wire(a.at), a.token, a.outcome, a.status_code, a.duration_ms, a.error] for a in attempts]
    return json.dumps(rows, separators=(",", ":"))


def attempts_in(text: str | None) -> tuple[Attempt, ...]:
    return tuple(_attempt(values) for values in json.loads(text)) if text else ()


def _attempt(values: Sequence[Any]) -> Attempt:
    n, at, *rest = values
    return Attempt(n, from_wire(at), *rest)


def public_attempt(attempt: Attempt) -> dict[str, Any]:
    """The attempt for people: without the token, which only fencing needs."""
    fields = asdict(attempt) | {"at": to_wire(attempt.at)}
    return {name: value for name, value in fields.items() if name != "token"}
