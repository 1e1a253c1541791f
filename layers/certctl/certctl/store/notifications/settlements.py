"""The writes that end most attempts: one form for each shape, filled in for each attempt."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from certctl.domain.due_work import Claim
from certctl.domain.notifications.delivery import FinishedAttempt, Retry, Sent, trail
from certctl.domain.notifications.notifications import Attempt
from certctl.domain.times import to_millis, to_wire
from certctl.store.notifications.histories import history_text
from certctl.store.prepared import PreparedUpdate, Raw
from certctl.store.writes import Write

_Decision = Sent | Retry
_Shape = tuple[type, bool, bool]
_AT = datetime(2100, 1, 1, tzinfo=UTC)
_CLAIM = Claim("any id", "any token", 1_000_001, 1_000_002, 1_000_003, _AT)
_ATTEMPT = Attempt(1_000_001, _AT, "any token", "any outcome", None, 0, "any error")
_SENT = Sent("any outcome", _AT + timedelta(days=1))
_RETRY = Retry(1_000_004, 1_000_005, 86_400, "any error of the row")


class Settlements:
    """`build` makes the write of any attempt and decision."""

    def __init__(self, build: Callable[[FinishedAttempt, _Decision], Write]) -> None:
        self._build = build
        self._prepared: dict[_Shape, PreparedUpdate] = {}

    def step(self, attempted: FinishedAttempt, decision: _Decision, refused: Exception) -> Write:
        shape = _shape_of(attempted, decision)
        prepared = self._prepared.get(shape)
        if prepared is None:
            prepared = self._prepared[shape] = self._prepare(attempted, decision)
        key = {"notification_id": {"S": attempted.row.id}}
        return prepared.filled(key, _values(attempted, decision), refused)

    def _prepare(self, attempted: FinishedAttempt, decision: _Decision) -> PreparedUpdate:
        example = FinishedAttempt(_CLAIM, replace(attempted.row, attempts=()), _ATTEMPT)
        decided = _example_of(decision)
        return PreparedUpdate(self._build(example, decided), _values(example, decided))


def _shape_of(attempted: FinishedAttempt, decision: _Decision) -> _Shape:
    """What the text of the write depends on."""
    return (
        type(decision),
        attempted.row.is_flooded,
        isinstance(decision, Sent) and decision.sent_at is not None,
    )


def _example_of(decision: _Decision) -> _Decision:
    if isinstance(decision, Retry):
        return _RETRY
    return _SENT if decision.sent_at else replace(_SENT, sent_at=None)


def _values(attempted: FinishedAttempt, decision: _Decision) -> dict[str, Raw]:
    row, claim, attempt = attempted.row, attempted.claim, attempted.attempt
    fenced = {"token": _text(claim.token), "attempt": _number(claim.attempt), "epoch": _number(claim.epoch)}
    history = {"history": _text(history_text(trail(row, claim, attempt)))}
    if isinstance(decision, Sent):
        return fenced | history | _sent(decision)
    return fenced | history | _failed(decision, decision.due_at(attempt.at))


def _sent(decision: Sent) -> dict[str, Raw]:
    sent_at = {"sent_at": _text(to_wire(decision.sent_at))} if decision.sent_at else {}
    return {"outcome": _text(decision.outcome), **sent_at}


def _failed(decision: Retry, due_at: datetime) -> dict[str, Raw]:
    return {
        "due_at": _number(to_millis(due_at)),
        "next_retry_at": _text(to_wire(due_at)),
        "retry_count": _number(decision.retry_count),
        "throttle_count": _number(decision.throttle_count),
        "error": _text(decision.error),
    }


def _text(value: str) -> Raw:
    return {"S": value}


def _number(value: int) -> Raw:
    return {"N": str(value)}
