"""What status_watch remembers beside receipts: how soon revocations were seen, and which are overdue."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.update import Action

from certctl.domain.status.looks import Way
from certctl.domain.status.propagation import Overdue, Propagation
from certctl.domain.times import from_wire, to_wire, to_wire_or_none
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import STATUS_WATCH, overdue_revocations, seen_within
from certctl.store.writes import Write, update

_SUM = "sum"
_SEEN, _OVERDUE = "seen", "overdue"
_PAGE = 1_000


@dataclass(frozen=True)
class KnownOverdue:
    """`alerted_at`: when people were alerted; None if they were not, or the end was reported."""

    overdue: Overdue
    alerted_at: datetime | None


class WatchLog:
    """Few rows of one kind: about 12 for each way, and one for each CA and way that was ever late."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, seen: Iterable[Propagation]) -> None:
        """One write for each bucket, however many sightings are in it."""
        for each in seen:
            for bound, count in each.buckets.items():
                self._add(each.way, bound, count)
            self._add(each.way, _SUM, each.seconds)

    def _add(self, way: Way, bound: str, amount: float) -> None:
        row = StateItem(STATUS_WATCH, seen_within(way, bound))
        self._database.write(update(row, [StateItem.amount.add(amount)]))  # the first one creates the row

    def propagations(self) -> list[Propagation]:
        """Since the stack was made, for each way; without sightings all is zero."""
        amounts: dict[Way, dict[str, float]] = {way: {} for way in Way}
        for item in self._rows(_SEEN):
            _, way, bound = item.id.split("#")
            amounts[Way(way)][bound] = item.amount
        return [_propagation(way, found) for way, found in amounts.items()]

    def overdue(self) -> list[KnownOverdue]:
        return [_known(item) for item in self._rows(_OVERDUE)]

    def keep(self, overdue: Overdue) -> None:
        """Stores what is known from now on. Whether people were notified stays as it is."""
        body = {"count": overdue.count, "runs": overdue.runs, "oldest": to_wire_or_none(overdue.oldest)}
        row = StateItem(STATUS_WATCH, overdue_revocations(overdue.ca_id, overdue.way))
        self._database.write(update(row, [StateItem.body.set(json.dumps(body))]))

    def alerted_step(self, known: KnownOverdue, now: datetime) -> Write:
        """Refused with ChangedMeanwhile if another run has notified people."""
        return self._told(known, StateItem.owner.set(to_wire(now)))

    def resolved_step(self, known: KnownOverdue) -> Write:
        """Likewise, of the end."""
        return self._told(known, StateItem.owner.remove())

    def _told(self, known: KnownOverdue, action: Action) -> Write:
        at = known.alerted_at
        as_read = StateItem.owner.does_not_exist() if at is None else StateItem.owner == to_wire(at)
        row = StateItem(STATUS_WATCH, overdue_revocations(known.overdue.ca_id, known.overdue.way))
        return update(row, [action], as_read)

    def _rows(self, beginning: str) -> list[StateItem]:
        prefix = StateItem.id.startswith(f"{beginning}#")
        return self._database.query(StateItem, STATUS_WATCH, prefix, limit=_PAGE, consistent=True).items


def _propagation(way: Way, amounts: dict[str, float]) -> Propagation:
    seconds = amounts.pop(_SUM, 0.0)
    return Propagation(way, {bound: int(count) for bound, count in amounts.items()}, seconds)


def _known(item: StateItem) -> KnownOverdue:
    _, ca_id, way = item.id.split("#")
    found = json.loads(item.body or "{}")
    oldest = found["oldest"]
    overdue = Overdue(ca_id, Way(way), found["count"], found["runs"], from_wire(oldest) if oldest else None)
    return KnownOverdue(overdue, from_wire(item.owner) if item.owner else None)
