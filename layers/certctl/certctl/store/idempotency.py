"""Idempotency records: the request that used a key first, and its response."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.store.database import ConditionFailed, Database
from certctl.store.items import IdempotencyItem
from certctl.store.keys import IDEMPOTENCY
from certctl.store.writes import delete, put, update

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
    """The request that owns the record. Without a response it is still running."""

    body_sha256: str
    answer: str | None


class IdempotencyStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, request: Request, now: datetime) -> Earlier | None:
        """The earlier request; None if this one may run: no other did, or over 24 h ago, or it died without a
        response."""
        item = IdempotencyItem(
            IDEMPOTENCY,
            request.id,
            owner=request.owner,
            body_sha256=request.body_sha256,
            lease_until=now + LEASE,
            delete_after=_seconds(now + KEPT),
        )
        died = IdempotencyItem.answer.does_not_exist() & (IdempotencyItem.lease_until < now)
        # TTL deletes late, so age is checked here
        old = IdempotencyItem.delete_after < _seconds(now)
        try:
            self._database.write(put(item, IdempotencyItem.id.does_not_exist() | old | died))
        except ConditionFailed as failure:
            return _earlier(failure)
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


def _earlier(failure: ConditionFailed) -> Earlier:
    raw = failure.item or {}
    return Earlier(raw.get("body_sha256", {}).get("S", ""), raw.get("answer", {}).get("S"))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
