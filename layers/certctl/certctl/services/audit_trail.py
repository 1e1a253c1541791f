"""Finding audit events: by resource, by actor, by time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from certctl.domain.errors import NotFound
from certctl.domain.permissions import Permission, Principal
from certctl.domain.timestamps import to_wire
from certctl.store.audit import API_CALL, AuditStore, Record, Slice

_EXAMINED = 500
_AFTER_ALL_IDS = "~"
# A page reads today, then a week: two round trips, whatever the trail's age.
_WINDOWS = (1, 7)
_ACTOR_WINDOWS = (1, 30)
_UNKNOWN_AGE = timedelta(days=400)


@dataclass(frozen=True)
class AuditFilter:
    """What is not None must match; `since` and `until` are both included."""

    actor: str | None = None
    actor_type: str | None = None
    action: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def matches(self, record: Record) -> bool:
        names = ("actor", "actor_type", "action", "resource_type", "resource_id")
        wanted = ((name, getattr(self, name)) for name in names)
        return all(value is None or record[name] == value for name, value in wanted) and self._in_time(record)

    def _in_time(self, record: Record) -> bool:
        at = record["timestamp"]
        return (self.since is None or at >= to_wire(self.since)) and (
            self.until is None or at <= to_wire(self.until)
        )

    @property
    def is_narrow(self) -> bool:
        return self != AuditFilter()


@dataclass(frozen=True)
class Position:
    """Where the next page starts: on `day`, below the id `before`."""

    day: date
    before: str = _AFTER_ALL_IDS


@dataclass(frozen=True)
class AuditPage:
    """Newest first. It may be short or empty with a `next`."""

    events: list[Record]
    next: Position | None


class AuditTrail:
    def __init__(self, store: AuditStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def get(self, caller: Principal, event_id: str) -> Record:
        """Raises NotFound, for an event of another team too."""
        record = self._store.get(event_id)
        if record is None:
            raise NotFound("There is no such audit event.")
        caller.require_reach(Permission.AUDIT_READ, record["team_id"], "such audit event")
        return record

    def page(
        self, caller: Principal, wanted: AuditFilter, position: Position | None, per_page: int
    ) -> AuditPage:
        """At most `per_page` events that the caller may see."""
        teams = caller.team_filter(Permission.AUDIT_READ)

        def shown(record: Record) -> bool:
            return wanted.matches(record) and (teams is None or record["team_id"] in teams)

        limit = _EXAMINED if wanted.is_narrow or teams is not None else per_page
        start = position or Position(self._newest_day(wanted))
        if wanted.resource_type not in (None, API_CALL) and wanted.resource_id is not None:
            return self._of_resource(wanted, start, limit, shown, per_page)
        return self._over_days(wanted, start, limit, shown, per_page)

    def _of_resource(
        self, wanted: AuditFilter, start: Position, limit: int, shown: Callable[[Record], bool], per_page: int
    ) -> AuditPage:
        part = self._store.of_resource(
            wanted.resource_type or "", wanted.resource_id or "", start.before, limit
        )
        return _cut(part, start.day, shown, per_page) or AuditPage(_those(part, shown), None)

    def _over_days(
        self, wanted: AuditFilter, start: Position, limit: int, shown: Callable[[Record], bool], per_page: int
    ) -> AuditPage:
        found: list[Record] = []
        oldest = self._oldest_day(wanted)
        day, before = start.day, start.before
        for length in _WINDOWS if wanted.actor is None else _ACTOR_WINDOWS:
            days = _days_back(day, length, oldest)
            if not days or len(found) == per_page:
                break
            part = self._on_days(wanted, days, before, limit)
            cut = _cut(part, day, shown, per_page - len(found))
            if cut is not None:
                return AuditPage(found + cut.events, cut.next)
            found += _those(part, shown)
            day = days[-1] - timedelta(days=1)
        return AuditPage(found, Position(day) if day >= oldest else None)

    def _on_days(self, wanted: AuditFilter, days: list[date], before: str, limit: int) -> Slice:
        if wanted.actor is None:
            return self._store.on_days(days, before, limit)
        return self._store.of_actor_on_days(wanted.actor, days, before, limit)

    def _newest_day(self, wanted: AuditFilter) -> date:
        now = self._now()
        return min(wanted.until or now, now).astimezone(UTC).date()

    def _oldest_day(self, wanted: AuditFilter) -> date:
        if wanted.since is not None:
            return wanted.since.astimezone(UTC).date()
        return self._store.began_on() or (self._now() - _UNKNOWN_AGE).date()


def _those(part: Slice, shown: Callable[[Record], bool]) -> list[Record]:
    return [record for record in part.events if shown(record)]


def _cut(part: Slice, day: date, shown: Callable[[Record], bool], room: int) -> AuditPage | None:
    """The page that ends inside this slice; None where all of it was read and there is room for more."""
    events = _those(part, shown)
    if len(events) > room:
        events = events[:room]
        return AuditPage(events, Position(day, events[-1]["id"] if events else _AFTER_ALL_IDS))
    if part.more:
        return AuditPage(events, Position(day, part.events[-1]["id"]))
    return None


def _days_back(last: date, count: int, oldest: date) -> list[date]:
    days = (last - timedelta(days=n) for n in range(count))
    return [day for day in days if day >= oldest]
