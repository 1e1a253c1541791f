"""The lists of a weekly digest that are of the inventory."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.expiry import AlertPlan
from certctl.domain.inventory.filters import ObservedFilter
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.observed_alerts import name_of
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source
from certctl.domain.notifications.digests.content import (
    DigestFilters,
    DigestRow,
    DigestSection,
    soonest_first,
)
from certctl.domain.notifications.digests.settings import DigestList
from certctl.services.notifications.digests.bounded import (
    MOST_OF_ONE,
    Sight,
    narrow_or,
    section,
    until_full,
)
from certctl.store.cache import LastKnown
from certctl.store.inventory.endpoints import EndpointStore
from certctl.store.inventory.lists import ObservedIndexes
from certctl.store.inventory.scopes import ScopeStore
from certctl.store.paging import PageScan, Stage, load, walk

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class InventoryLists:
    """`sources` are those of all teams, read once for many digests."""

    observed: ObservedIndexes
    endpoints: EndpointStore
    scopes: ScopeStore
    sources: LastKnown[list[Source]]


@dataclass(frozen=True)
class FoundLists:
    lists: InventoryLists
    filters: DigestFilters
    sight: Sight

    @property
    def sections(self) -> list[Callable[[], DigestSection]]:
        """The reads of an owner's or a team's sections: a source has a team and no owner."""
        about = self.filters.addressee
        unowned = [self._unowned] if about.gets_unowned else []
        sources = [] if about.is_owner else [self._sources]
        return [self._unmanaged, *unowned, self._endpoints, *sources]

    def _unmanaged(self) -> DigestSection:
        about, observed, wanted = self.filters.addressee, self.lists.observed, self.filters.unmanaged
        narrow = observed.of_owner(about.id) if about.is_owner else observed.of_team(about.id)
        return self._observed(DigestList.UNMANAGED, wanted, narrow_or(narrow, self._by_expiry(wanted)))

    def _unowned(self) -> DigestSection:
        wanted = self.filters.unowned
        return self._observed(DigestList.UNOWNED, wanted, until_full(self._by_expiry(wanted)))

    def _endpoints(self) -> DigestSection:
        about, store, wanted = self.filters.addressee, self.lists.endpoints, self.filters.endpoints
        narrow = store.of_owner(about.id) if about.is_owner else store.of_team(about.id)
        scan = walk(narrow, None, MOST_OF_ONE)
        records = store.load([hit.id for hit in scan.found]).values()
        kept = (each for each in records if self.sight.has_found(each.team_id) and wanted.matches(each))
        return section(DigestList.ENDPOINTS, self._longest_first(map(_endpoint_row, kept)), scan)

    def _sources(self) -> DigestSection:
        team_id, wanted, now = self.filters.addressee.id, self.filters.sources, self.filters.made_at
        own = [each for each in self.lists.sources.get() if each.team_id == team_id]
        seen = own if self.sight.has_found(team_id) else []
        scopes = self._scopes_of(seen)
        silent = (each for each in seen if wanted.matches(each, scopes[each.id], now))
        rows = (_source_row(each, [s for s in scopes[each.id] if s.is_silent(now)]) for each in silent)
        return section(DigestList.SOURCES, self._longest_first(rows), PageScan([], None))

    def _scopes_of(self, sources: Sequence[Source]) -> Mapping[str, Sequence[Scope]]:
        found: dict[str, list[Scope]] = defaultdict(list)
        for scope in load(
            [each for source in sources for each in source.scope_ids], self.lists.scopes.get_many
        ):
            found[scope.source_id].append(scope)
        return found

    def _observed(self, list_: DigestList, wanted: ObservedFilter, scan: PageScan) -> DigestSection:
        now = self.filters.made_at
        records = self.lists.observed.load([hit.id for hit in scan.found]).values()
        kept = (each for each in records if self.sight.has_found(each.team_id) and wanted.matches(each, now))
        return section(list_, soonest_first(map(_observed_row, kept), now), scan)

    def _by_expiry(self, wanted: ObservedFilter) -> list[Stage]:
        return self.lists.observed.expiring_between(_LONG_AGO, wanted.expires_before or self.filters.made_at)

    def _longest_first(self, rows: Iterable[DigestRow]) -> list[DigestRow]:
        return sorted(rows, key=lambda row: row.at or self.filters.made_at)


def _observed_row(certificate: ObservedCertificate) -> DigestRow:
    backlog = "near its end or past it when it was found" if AlertPlan(certificate).is_backlog else ""
    renewed = f"renewed by {certificate.renewed_by}" if certificate.renewed_by else ""
    return DigestRow(
        certificate.fingerprint,
        name_of(certificate),
        certificate.facts.not_after,
        ", ".join(note for note in (backlog, renewed) if note),
        certificate.owner_id or "",
        certificate.team_id,
    )


def _endpoint_row(endpoint: Endpoint) -> DigestRow:
    opened = [each.opened_at for each in endpoint.open_findings if each.opened_at is not None]
    note = ", ".join(dict.fromkeys(each.finding.value.replace("_", " ") for each in endpoint.open_findings))
    return DigestRow(
        endpoint.id, endpoint.text, min(opened, default=None), note, endpoint.owner_id, endpoint.team_id
    )


def _source_row(source: Source, silent: Sequence[Scope]) -> DigestRow:
    last = min((each.last_seen_at or each.created_at for each in silent), default=None)
    note = next((each.failure for each in silent if each.failure), "")
    return DigestRow(source.id, source.name, last, note, team_id=source.team_id)
