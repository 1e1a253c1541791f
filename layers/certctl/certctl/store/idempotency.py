"""Idempotency records: the request that used a key first, and its response."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.audit.events import OnceOnly
from certctl.domain.errors import Conflict
from certctl.domain.times import to_millis
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import IdempotencyItem
from certctl.store.keys import IDEMPOTENCY
from certctl.store.writes import Write, delete, put, update

KEPT = timedelta(hours=24)
# Longer than any API function runs: the owner of an older record has died.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Request:
    """`id` identifies API key, route and Idempotency-Key; `owner` is the id of this request."""

    id: str
    body_sha256: str
    owner: str


@dataclass(frozen=True)
class Earlier:
    """The request that owns the record. Without a response it is still running, or has `died_done`: it
    committed its change, and did not respond within its lease."""

    body_sha256: str
    answer: str | None
    died_done: bool = False


class IdempotencyStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, request: Request, now: datetime) -> Earlier | None:
        """The earlier request; None if this one may run: no other did, or over 24 h ago, or it died before it
        committed anything."""
        item = IdempotencyItem(
            IDEMPOTENCY,
            request.id,
            owner=request.owner,
            body_sha256=request.body_sha256,
            lease_until=now + LEASE,
            delete_after=_seconds(now + KEPT),
        )
        died = IdempotencyItem.answer.does_not_exist() & (IdempotencyItem.lease_until < now)
        died &= IdempotencyItem.is_done.does_not_exist()
        # TTL deletes late, so age is checked here
        old = IdempotencyItem.delete_after < _seconds(now)
        try:
            self._database.write(put(item, IdempotencyItem.id.does_not_exist() | old | died))
        except ConditionFailed as failure:
            return _earlier(failure, now)
        return None

    def finish(self, request: Request, answer: str) -> None:
        row = IdempotencyItem(IDEMPOTENCY, request.id)
        try:
            self._database.write(
                update(row, [IdempotencyItem.answer.set(answer)], IdempotencyItem.owner == request.owner)
            )
        except ConditionFailed:
            return

    def forget(self, request: Request) -> None:
        """The request failed and may be sent again."""
        row = IdempotencyItem(IDEMPOTENCY, request.id)
        try:
            self._database.write(delete(row, IdempotencyItem.owner == request.owner))
        except ConditionFailed:
            return


def done_step(once: OnceOnly) -> Write:
    """The mark in the transaction of the change, so that a repeat after a crash cannot make it again. Refused
    if the lease is over and another request has the record."""
    # ADR 88: a record without the mark is one of a request that has changed nothing.
    row = IdempotencyItem(IDEMPOTENCY, once.id)
    taken = Conflict("Another request with this Idempotency-Key runs.")
    return update(row, [IdempotencyItem.is_done.set(True)], IdempotencyItem.owner == once.owner, taken)


def _earlier(failure: ConditionFailed, now: datetime) -> Earlier:
    raw = failure.item or {}
    answer = raw.get("answer", {}).get("S")
    is_over = int(raw.get("lease_until", {}).get("N", "0")) < to_millis(now)
    died_done = answer is None and is_over and "is_done" in raw
    return Earlier(raw.get("body_sha256", {}).get("S", ""), answer, died_done)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
