"""Catalog records for readers, who need nothing of what changes them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.requests import EntryFilter
from certctl.domain.errors import InvalidInput, NotFound
from certctl.services.catalog.pages import CatalogPages
from certctl.services.catalog.readers import shown_to
from certctl.services.catalog.stated import STATED_KINDS, StatedRecords
from certctl.store.catalog.records import EntryPage
from certctl.store.database import Database
from certctl.store.paging import in_parallel
from certctl.store.quotas import issues


@dataclass(frozen=True)
class CatalogReading:
    """Reads records one by one, and in pages."""

    stated: StatedRecords
    database: Database
    now: Callable[[], datetime]

    @cached_property
    def _pages(self) -> CatalogPages:
        return CatalogPages(self.stated, self.database, self.now)

    def page(
        self, caller: Principal, kind: Kind, wanted: EntryFilter, after: str | None, per_page: int
    ) -> EntryPage:
        """What the caller may see, by id, or by name if one is given; full unless the list ends, or has more
        than 20,000 records. Raises InvalidInput for an unknown type or a cursor of another list."""
        self._require_known_type(kind, wanted.type)
        return self._pages.page(caller, kind, wanted, after, per_page)

    def _require_known_type(self, kind: Kind, type_: str | None) -> None:
        kinds = None if type_ is None else self.stated.catalog.kinds.of(kind)
        if type_ is not None and kinds is not None and kinds.get(type_) is None:
            raise InvalidInput.of("query.type", kinds.allowed)

    def get(self, caller: Principal, kind: Kind, entry_id: str) -> AnyEntry:
        """Raises NotFound, also for a record of other teams that the caller may not see."""
        if kind not in STATED_KINDS:
            return self.stated.with_reports([self._shown(caller, kind, entry_id)])[0]
        entry, states = in_parallel(
            lambda: self._shown(caller, kind, entry_id), lambda: self.stated.states_of(kind, entry_id)
        )
        return self.stated.with_reports([states(entry)])[0]

    def _shown(self, caller: Principal, kind: Kind, entry_id: str) -> AnyEntry:
        entry = self.stated.catalog.get(kind, entry_id)
        if entry is None or entry.is_deleting or not shown_to(caller, self.stated.catalog, [entry]):
            raise NotFound(f"There is no such {kind}.")
        return entry

    def issues_today(self, entry: AnyEntry) -> int | None:
        """How many of its `issues_per_day` a service account has requested. None, without a read, for one
        without a limit, and for other records."""
        limit = entry.content.issues_per_day if entry.kind is Kind.SERVICE_ACCOUNT else None
        return None if limit is None else issues(self.database).taken(entry.id, self.now())
