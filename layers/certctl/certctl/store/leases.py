"""Claims on rows that need work: fencing (ADR 4), shared by jobs and notifications.

Its models have `status`, `due_shard`, `due_at`, `epoch`, `attempt`, `retry_count`, `lease_owner`,
`lease_until` and an index `by_due`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import uuid4

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from certctl.domain.due_work import Claim, ClaimResult, Due, NothingToDo, NotYetDue
from certctl.domain.times import from_millis, to_millis, to_wire
from certctl.store.database import ConditionFailed, Database
from certctl.store.prepared import PreparedUpdate, Raw
from certctl.store.writes import Write, update

_PAGE = 100
_ANYONE = "anyone"
_ANY_MOMENTS = (from_millis(4_102_444_800_001), from_millis(4_102_444_860_002))


class DueRows[I: Model]:
    """`key` creates an item of an id with its keys only; `open_statuses` are those of unfinished work;
    `on_claim` returns additional changes of a claim, from no more than the moment."""

    def __init__(
        self,
        database: Database,
        item: type[I],
        key: Callable[[str], I],
        open_statuses: Sequence[StrEnum],
        on_claim: Callable[[datetime], Sequence[Action]] = lambda _: (),
    ) -> None:
        self._database = database
        self._item: Any = item
        self._key = key
        self._open_statuses = frozenset(open_statuses)
        self._on_claim = on_claim

    def claim(self, identifier: str, now: datetime, lease: timedelta) -> tuple[ClaimResult, I | None]:
        """Claims the row for one attempt, or returns the reason why not. Only a claim includes the row."""
        # ADR 4: completion is conditional on this token: a worker that slept past its lease writes nothing.
        token = uuid4().hex
        try:
            raw = self._database.updated(self._first_try(identifier, token, now, now + lease))
        except ConditionFailed as failure:
            return self._second_try(identifier, token, now, lease, failure)
        return self._claimed(identifier, raw, lost=False)

    def take_again(
        self, identifier: str, observed: Due, now: datetime, lease: timedelta
    ) -> tuple[ClaimResult, I | None]:
        """Replaces the worker's own claim by a new one without spending an attempt: for work that has a
        single worker, which lost its memory."""
        token = uuid4().hex
        item = self._item
        unchanged: Condition = item.lease_owner == observed.lease_owner
        as_observed: Condition = (
            unchanged & (item.attempt == observed.attempt) & (item.epoch == observed.epoch)
        )
        mine: Condition = item.lease_owner == token
        counts = [item.attempt.set(observed.attempt + 1)]
        try:
            raw = self._take(identifier, token, now, lease, as_observed | mine, counts)
        except ConditionFailed:
            return NothingToDo("changed meanwhile"), None
        return self._claimed(identifier, raw, lost=False)

    def _first_try(self, identifier: str, token: str, now: datetime, until: datetime) -> Write:
        return self._prepared.filled(self._raw_key(identifier), _blanks(token, now, until))

    @cached_property
    def _prepared(self) -> PreparedUpdate:
        now, until = _ANY_MOMENTS
        example = self._take_step("", _ANYONE, now, until, self._free(now, _ANYONE), self._one_more())
        return PreparedUpdate(example, _blanks(_ANYONE, now, until))

    def _raw_key(self, identifier: str) -> Raw:
        return {name: {"S": identifier} for name in self._key_names}

    @cached_property
    def _key_names(self) -> Sequence[str]:
        return list(update(self._key("any"), self.release()).request["Key"])

    def _second_try(
        self, identifier: str, token: str, now: datetime, lease: timedelta, failure: ConditionFailed
    ) -> tuple[ClaimResult, I | None]:
        if failure.item is None:
            return NothingToDo("gone"), None
        observed: Any = self._item.from_raw_data(failure.item)
        refusal = self._why_not(observed, now)
        if refusal is not None:
            return refusal, None
        try:
            raw = self._take(
                identifier, token, now, lease, self._as_observed(observed, token), self._booked(observed)
            )
        except ConditionFailed:
            return NothingToDo("taken by another worker"), None
        return self._claimed(identifier, raw, lost=True)

    def _take(
        self,
        identifier: str,
        token: str,
        now: datetime,
        lease: timedelta,
        condition: Condition,
        counts: Sequence[Action],
    ) -> dict[str, Any]:
        return self._database.updated(self._take_step(identifier, token, now, now + lease, condition, counts))

    def _take_step(
        self,
        identifier: str,
        token: str,
        now: datetime,
        until: datetime,
        condition: Condition,
        counts: Sequence[Action],
    ) -> Write:
        held = [self._item.lease_owner.set(token), self._item.lease_until.set(until)]
        return update(self._key(identifier), [*held, *counts, *self._on_claim(now)], condition)

    def _free(self, now: datetime, token: str) -> Condition:
        item = self._item
        unheld = item.lease_owner.does_not_exist() | (item.lease_owner == token)
        wants_work: Condition = item.status.is_in(*sorted(self._open_statuses)) & (item.due_at <= now)
        free: Condition = wants_work & unheld
        return free

    def _one_more(self) -> Sequence[Action]:
        return [self._item.attempt.set(self._item.attempt + 1)]

    def _as_observed(self, observed: Any, token: str) -> Condition:
        item = self._item
        unchanged: Condition = (item.lease_owner == observed.lease_owner) & (
            item.lease_until == observed.lease_until
        )
        takeable: Condition = unchanged | (item.lease_owner == token)
        return takeable

    def _booked(self, observed: Any) -> Sequence[Action]:
        """Absolute values: the attempt that never reported is spent, and repeating this write is harmless."""
        # ADR 9: a worker that never reported spends an attempt, so that repeated crashes end too.
        return [
            self._item.attempt.set(observed.attempt + 1),
            self._item.retry_count.set(observed.retry_count + 1),
        ]

    def _why_not(self, observed: Any, now: datetime) -> ClaimResult | None:
        if observed.status not in self._open_statuses or observed.due_at is None:
            return NothingToDo(f"it is {observed.status}")
        if observed.due_at > now:
            return NotYetDue((observed.due_at - now).total_seconds(), int(observed.epoch))
        if observed.lease_owner is None or observed.lease_until > now:
            return NothingToDo("held by another worker")
        return None

    def _claimed(self, identifier: str, raw: dict[str, Any], *, lost: bool) -> tuple[Claim, I]:
        row: Any = self._item.from_raw_data(raw)
        claim = Claim(
            id=identifier,
            token=row.lease_owner,
            attempt=int(row.attempt),
            epoch=int(row.epoch),
            retry_count=int(row.retry_count),
            lease_until=row.lease_until,
            lost=lost,
        )
        return claim, row

    def held(self, claim: Claim) -> Condition:
        """The condition of every completion: the row was not claimed again, requeued or cancelled."""
        item = self._item
        mine: Condition = item.lease_owner == claim.token
        held: Condition = mine & (item.attempt == claim.attempt) & (item.epoch == claim.epoch)
        return held

    def owned(self, claim: Claim) -> Condition:
        """The condition of giving back: the token is unique to this claim, while a late duplicate of it
        raises the attempt."""
        # ADR 9: the state model showed that the attempt must not be part of this condition.
        owned: Condition = self._item.lease_owner == claim.token
        return owned

    def release(self) -> list[Action]:
        return [self._item.lease_owner.remove(), self._item.lease_until.remove()]

    def finished(self) -> list[Action]:
        return [*self.release(), self._item.due_shard.remove(), self._item.due_at.remove()]

    def due_again(self, moment: datetime) -> list[Action]:
        return [*self.release(), self._item.due_at.set(moment)]

    def give_back(self, claim: Claim) -> None:
        """Returns the row undone without spending an attempt; does nothing if another worker took it over."""
        try:
            self._database.write(update(self._key(claim.id), self.release(), self.owned(claim)))
        except ConditionFailed:
            return

    def nominated(self, shard: int, now: datetime) -> Iterator[I]:
        """Keys of one shard's due rows, oldest first, page by page. The claim decides."""
        start = None
        while True:
            page = self._database.query(
                self._item.by_due, shard, self._item.due_at <= now, limit=_PAGE, start=start
            )
            yield from page.items
            start = page.last_key
            if start is None:
                return


def due_of(row: Any) -> Due:
    """The fencing part of a row."""
    return Due(
        due_at=row.due_at,
        epoch=int(row.epoch),
        attempt=int(row.attempt),
        retry_count=int(row.retry_count),
        lease_owner=row.lease_owner,
        lease_until=row.lease_until,
    )


def _blanks(token: str, now: datetime, until: datetime) -> dict[str, Raw]:
    """What differs between the first tries of two claims. `on_claim` may store the moment as text."""
    moments = {"now": {"N": str(to_millis(now))}, "until": {"N": str(to_millis(until))}}
    return {"token": {"S": token}, **moments, "now as text": {"S": to_wire(now)}}
