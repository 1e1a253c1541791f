"""What scheduled functions report of their runs, and which causes people were alerted about."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.insights.margins import Cause, LastRun
from certctl.domain.notifications.statuses import Severity
from certctl.domain.times import from_wire, to_wire
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import MARGIN_ALERT, last_run
from certctl.store.writes import Write, delete, put, update

_ID = "last"
_MOST = 1_000


@dataclass(frozen=True)
class KnownCause:
    """`alerted_at`: None while nobody was alerted."""

    cause: Cause
    since: datetime
    alerted_at: datetime | None = None


class RunLog:
    """One row for each scheduled function, of a kind of its own: status_watch may write its own alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, run: LastRun) -> None:
        body = json.dumps({"at": to_wire(run.at), "low": dict(run.low)}, separators=(",", ":"))
        self._database.write(update(StateItem(last_run(run.function), _ID), [StateItem.body.set(body)]))

    def of(self, functions: Iterable[str]) -> Mapping[str, LastRun]:
        """The last run of each function; a function that has recorded no run is absent. One round trip."""
        by_kind = {last_run(function): function for function in functions}
        rows = self._database.batch_get(StateItem, [(kind, _ID) for kind in by_kind], consistent=True)
        return {by_kind[row.kind]: _run(by_kind[row.kind], row.body or "{}") for row in rows}


class CauseLog:
    """One row for each cause that is low, until it is over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> dict[str, KnownCause]:
        rows = self._database.query(StateItem, MARGIN_ALERT, limit=_MOST, consistent=True).items
        return {row.id: _known(row) for row in rows}

    def seen_step(self, known: KnownCause) -> Write:
        """Refused with ChangedMeanwhile if another run has seen it."""
        return put(_row(known), StateItem.id.does_not_exist())

    def alerted_step(self, known: KnownCause, now: datetime) -> Write:
        """Refused with ChangedMeanwhile if another run has alerted people."""
        row = StateItem(MARGIN_ALERT, known.cause.name)
        return update(row, [StateItem.owner.set(to_wire(now))], StateItem.owner.does_not_exist())

    def ended_step(self, known: KnownCause) -> Write:
        """Refused with ChangedMeanwhile if another run has ended it."""
        return delete(StateItem(MARGIN_ALERT, known.cause.name), StateItem.id.exists())


def _run(function: str, body: str) -> LastRun:
    found = json.loads(body)
    return LastRun(function, from_wire(found["at"]), found["low"])


def _row(known: KnownCause) -> StateItem:
    cause = known.cause
    body = {"text": cause.text, "severity": cause.severity.value, "since": to_wire(known.since)}
    alerted = to_wire(known.alerted_at) if known.alerted_at else None
    return StateItem(MARGIN_ALERT, cause.name, owner=alerted, body=json.dumps(body))


def _known(row: StateItem) -> KnownCause:
    found = json.loads(row.body or "{}")
    cause = Cause(row.id, 0.0, found["text"], Severity(found["severity"]))
    return KnownCause(cause, from_wire(found["since"]), from_wire(row.owner) if row.owner else None)
