"""Lists audit events: by resource, by actor, by time."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.audit.calls import API_CALL
from certctl.domain.audit.events import StoredEvent
from certctl.domain.audit.pages import AFTER_ALL_IDS, AuditFilter, AuditPage, Position
from certctl.domain.errors import NotFound
from certctl.services.audit.actors import Actors
from certctl.store.audit.events import AuditStore, Record, Slice
from certctl.store.paging import in_parallel

_EXAMINED = 500
# Ids of one actor are in an index by day, cheaply; the events themselves in 8 shards a day.
_ACTOR_DAYS = 31
FURTHER_DAYS = 7
_UNKNOWN_AGE = timedelta(days=400)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Search:
    """A search that examines at most `limit` events of a partition. `teams` are those whose events the caller
    may see, None for all. `actors` as in `ActorSearch`."""

    wanted: AuditFilter
    actors: Sequence[str]
    teams: Collection[str] | None
    limit: int

    def those(self, part: Slice) -> list[StoredEvent]:
        return [event for event in part.events if self._shows(event)]

    def _shows(self, event: StoredEvent) -> bool:
        is_visible = self.teams is None or event["team_id"] in self.teams
        return is_visible and self.wanted.matches(event.record)

    def cut(self, part: Slice, day: date, room: int) -> AuditPage | None:
        """The page if it ends inside this chunk; None if all was read and there is room for more."""
        events = self.those(part)
        if len(events) > room:
            events = events[:room]
            return AuditPage(events, Position(day, events[-1]["id"] if events else AFTER_ALL_IDS))
        if part.more:
            return AuditPage(events, Position(day, part.last))
        return None


@dataclass(frozen=True)
class AuditTrail:
    """A page without filter by actor or resource reads a day, then `further_days`: two steps, whatever the
    trail's age, or one if that is 0."""

    store: AuditStore
    actors: Actors
    now: Callable[[], datetime]
    further_days: int = FURTHER_DAYS

    def get(self, caller: Principal, event_id: str) -> Record:
        """Raises NotFound, also for an event of another team."""
        record = self.store.get(event_id)
        if record is None:
            raise NotFound("There is no such audit event.")
        caller.require_reach(Permission.AUDIT_READ, record["team_id"], "such audit event")
        return record

    def page(
        self, caller: Principal, wanted: AuditFilter, position: Position | None, per_page: int
    ) -> AuditPage:
        """A page of at most `per_page` events that the caller may see."""
        teams = caller.team_filter(Permission.AUDIT_READ)
        limit = _EXAMINED if wanted.is_narrow or teams is not None else per_page
        by_actor = self.actors.search(wanted)
        wanted = by_actor.wanted
        search = _Search(wanted, by_actor.actors, teams, limit)
        start = position or Position(self._newest_day(wanted))
        if wanted.resource_type not in (None, API_CALL) and wanted.resource_id is not None:
            return self._of_resource(search, start, per_page)
        return self._over_days(search, start, per_page)

    def _of_resource(self, search: _Search, start: Position, per_page: int) -> AuditPage:
        kind, identifier = search.wanted.resource_type or "", search.wanted.resource_id or ""
        part = self.store.of_resource(kind, identifier, start.before, search.limit)
        return search.cut(part, start.day, per_page) or AuditPage(search.those(part), None)

    def _over_days(self, search: _Search, start: Position, per_page: int) -> AuditPage:
        wanted = search.wanted
        days = _days_back(start.day, 1 if wanted.actor is None else _ACTOR_DAYS, _since(wanted))
        if not days:
            return AuditPage([], None)
        read = partial(self._on_days, search, days, start.before)
        part, oldest = in_parallel(read, partial(self._oldest_day, wanted))
        cut = search.cut(part, start.day, per_page)
        if cut is not None:
            return cut
        found, day = search.those(part), days[-1] - _DAY
        if wanted.actor is not None or len(found) == per_page or not self.further_days:
            return AuditPage(found, Position(day) if day >= oldest else None)
        further = self._further(search, Position(day, start.before), oldest, per_page - len(found))
        return AuditPage(found + further.events, further.next)

    def _further(self, search: _Search, start: Position, oldest: date, room: int) -> AuditPage:
        days = _days_back(start.day, self.further_days, oldest)
        if not days:
            return AuditPage([], None)
        part = self._on_days(search, days, start.before)
        rest = days[-1] - _DAY
        page = AuditPage(search.those(part), Position(rest) if rest >= oldest else None)
        return search.cut(part, start.day, room) or page

    def _on_days(self, search: _Search, days: Sequence[date], before: str) -> Slice:
        wanted = search.wanted
        if wanted.actor is not None:
            return self.store.of_actors_on_days(search.actors, days, before, search.limit)
        if wanted.is_without_calls:
            return self.store.changes_on_days(days, before, search.limit)
        return self.store.on_days(days, before, search.limit)

    def _newest_day(self, wanted: AuditFilter) -> date:
        now = self.now()
        return min(wanted.until or now, now).astimezone(UTC).date()

    def _oldest_day(self, wanted: AuditFilter) -> date:
        return _since(wanted) or self.store.began_on() or (self.now() - _UNKNOWN_AGE).date()


def _since(wanted: AuditFilter) -> date | None:
    return wanted.since.astimezone(UTC).date() if wanted.since else None


def _days_back(last: date, count: int, oldest: date | None) -> Sequence[date]:
    days = (last - timedelta(days=n) for n in range(count))
    return [day for day in days if oldest is None or day >= oldest]
