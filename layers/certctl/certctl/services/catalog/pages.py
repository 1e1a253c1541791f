"""Pages of the list of a kind. A page reads on until it is full or the list ends: what fits one page is one
page, whatever the filters leave out of it."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from certctl.domain.access.principals import Principal
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.requests import EntryFilter
from certctl.services.catalog.readers import shown_to
from certctl.services.catalog.stated import StatedRecords
from certctl.store.catalog.records import EntryPage, name_key
from certctl.store.database import Database
from certctl.store.keys import catalog_name
from certctl.store.paging import bad_cursor, in_parallel

_MOST_AT_ONCE = 500
_MOST_ROWS = 20_000
"""Rows that one page reads at most: only a longer list can end a page that is not full."""
_KEY_BYTES = 1024

Read = Callable[[str | None, int], EntryPage]
"""Reads at most so many records after a key of the list."""


@dataclass(frozen=True)
class CatalogPages:
    records: StatedRecords
    database: Database
    now: Callable[[], datetime]

    def page(
        self, caller: Principal, kind: Kind, wanted: EntryFilter, after: str | None, per_page: int
    ) -> EntryPage:
        """The records that the caller may see, by id, or by name if one is given."""
        _require_possible(wanted, after)
        read = self._reading(kind, wanted)
        rows = per_page + 1
        found, filled = in_parallel(lambda: read(after, rows), lambda: self.records.all_states(kind))
        shown = self._shown(caller, wanted, map(filled, found.entries))
        while found.next_after and len(shown) <= per_page and rows < _MOST_ROWS:
            further = min(4 * rows, _MOST_AT_ONCE)
            found = read(found.next_after, further)
            shown += self._shown(caller, wanted, map(filled, found.entries))
            rows += further
        entries = self._completed(wanted, shown[:per_page])
        if len(shown) <= per_page:
            return EntryPage(entries, found.next_after)
        return EntryPage(entries, _key(wanted, shown[per_page - 1]))

    def _reading(self, kind: Kind, wanted: EntryFilter) -> Read:
        if wanted.status is not None:
            return self._reading_agents(wanted, wanted.status)
        if wanted.name:
            return partial(self.records.catalog.named, kind, wanted.name)
        return partial(self.records.catalog.page, kind)

    def _reading_agents(self, wanted: EntryFilter, status: AgentStatus) -> Read:
        """Only the records of agents that have the status are read."""
        # not at import: other lists need neither
        from certctl.domain.agents.roster import with_status
        from certctl.store.agents.roster import AgentRoster

        roster = AgentRoster(self.database)
        listed = with_status(roster.agents(wanted.name or ""), status, self.now())
        ids = {agent.name_key if wanted.name else agent.id: agent.id for agent in listed}
        keys = sorted(ids)

        def read(after: str | None, limit: int) -> EntryPage:
            first = bisect_right(keys, after or "")
            some = keys[first : first + limit]
            found = self.records.catalog.get_all([(Kind.AGENT, ids[key]) for key in some])
            entries = [found[place] for key in some if (place := (Kind.AGENT, ids[key])) in found]
            return EntryPage(entries, some[-1] if len(keys) > first + limit else None)

        return read

    def _shown(self, caller: Principal, wanted: EntryFilter, entries: Iterable[AnyEntry]) -> list[AnyEntry]:
        now, of_record = self.now(), replace(wanted, status=None)
        matching = [entry for entry in entries if of_record.shows(entry, now)]
        shown = shown_to(caller, self.records.catalog, matching)
        if wanted.status is None:
            return shown
        return [e for e in self.records.agent_states.with_heartbeat(shown) if wanted.shows(e, now)]

    def _completed(self, wanted: EntryFilter, entries: Sequence[AnyEntry]) -> list[AnyEntry]:
        """With a status they have the heartbeat by which it was judged."""
        if wanted.status is not None:
            return self.records.with_reports(entries)
        return self.records.completed(entries)


def _require_possible(wanted: EntryFilter, after: str | None) -> None:
    """Raises InvalidInput for a cursor that no page of this list has."""
    if after is None:
        return
    if len(after.encode()) > _KEY_BYTES or not after.startswith(catalog_name(wanted.name or "")):
        raise bad_cursor()


def _key(wanted: EntryFilter, entry: AnyEntry) -> str:
    return name_key(entry) if wanted.name else entry.id
