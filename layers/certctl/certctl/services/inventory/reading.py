"""Lists of observed certificates, one of them with its places, and the sources that report them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.search import sought
from certctl.domain.errors import NotFound
from certctl.domain.inventory.filters import ObservedFilter, SourceFilter
from certctl.domain.inventory.observed import ObservedCertificate, Sighting
from certctl.domain.inventory.readers import Reader, reader_of
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source
from certctl.domain.inventory.statuses import ObservedState, ObservedStatus
from certctl.store import keys
from certctl.store.inventory.lists import ObservedIndexes
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.scopes import ScopeStore, SourceStore
from certctl.store.inventory.sightings import SightingStore
from certctl.store.paging import ListPage, Position, Stage, in_parallel, load
from certctl.store.reading import read_page

_SHOWN_PLACES = 20
_PLACES_OF_A_TEAM = 100
"""The page that is read for somebody who sees only some of the places: 501 rows."""
_STATES = {
    ObservedStatus.MANAGED: ObservedState.MANAGED,
    ObservedStatus.DISMISSED: ObservedState.DISMISSED,
    ObservedStatus.CLAIMED: ObservedState.CLAIMED,
    ObservedStatus.UNMANAGED: ObservedState.UNMANAGED,
}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_FEW_MONTHS = timedelta(days=800)


@dataclass(frozen=True)
class ObservedDetail:
    """`names` and `der` are empty if the DER is gone. `places` are the first that the caller may see."""

    certificate: ObservedCertificate
    names: tuple[str, ...]
    der: bytes
    places: tuple[Sighting, ...]


@dataclass(frozen=True)
class SourceOverview:
    """`silent` has the ids of scopes that no report came of for three intervals."""

    source: Source
    scopes: tuple[Scope, ...]
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class InventoryReads:
    observed: ObservedStore
    indexes: ObservedIndexes
    sightings: SightingStore
    scopes: ScopeStore
    sources: SourceStore
    now: Callable[[], datetime]

    def page(
        self, caller: Principal, wanted: ObservedFilter, start: Position | None, per_page: int
    ) -> ListPage[ObservedCertificate]:
        """Raises InvalidInput for a cursor of another list."""
        reader, now = reader_of(caller), self.now()
        reading = read_page(self._stages(wanted), start, per_page, all_shown=False)
        seen: set[str] = set()

        def shown(hit: object, record: ObservedCertificate) -> bool:
            is_first = record.fingerprint not in seen
            seen.add(record.fingerprint)
            sees = reader.is_of_its_team if wanted.is_of_a_report else reader.sees
            return is_first and sees(record) and wanted.matches(reader.shown(record), now)

        page = reading.page(self.indexes.load, shown)
        return ListPage([reader.shown(each) for each in page.records], page.next)

    def detail(self, caller: Principal, fingerprint: str) -> ObservedDetail:
        """Raises NotFound also for a certificate that the caller may not see."""
        certificate, der, places = in_parallel(
            lambda: self.observed.get(fingerprint),
            lambda: self.observed.der_of(fingerprint),
            lambda: self.sightings.first_of(fingerprint, _SHOWN_PLACES),
        )
        reader = reader_of(caller)
        known = _visible(reader, certificate, fingerprint)
        if not reader.is_of_its_team(known):
            places = self.places(caller, fingerprint, None, _PLACES_OF_A_TEAM).records[:_SHOWN_PLACES]
        return ObservedDetail(reader.shown(known), _names_in(der), der or b"", tuple(places))

    def places(
        self, caller: Principal, fingerprint: str, start: Position | None, per_page: int
    ) -> ListPage[Sighting]:
        """The places that the caller may see. Raises NotFound, InvalidInput."""
        reader = reader_of(caller)
        known = _visible(reader, self.observed.get(fingerprint), fingerprint)
        is_own = reader.is_of_its_team(known)
        stages = self.sightings.of_certificate(fingerprint)
        reading = read_page(stages, start, per_page, all_shown=is_own)
        return reading.page(self._places, lambda _, each: reader.sees_place(known, each))

    def _places(self, ids: Sequence[str]) -> dict[str, Sighting]:
        found = load([keys.sighting_of(each) for each in ids], self.sightings.get_many)
        return {keys.sighting_key(each.scope_id, each.key): each for each in found}

    def sources_page(
        self, caller: Principal, wanted: SourceFilter, after: str | None, per_page: int
    ) -> tuple[list[SourceOverview], str | None]:
        """The sources of the caller's teams, with their scopes. A page may be short."""
        teams = caller.team_filter(Permission.INVENTORY_READ)
        sources, following = self.sources.page(after, per_page)
        own = [each for each in sources if teams is None or each.team_id in teams]
        scopes = {s.id: s for s in load([i for each in own for i in each.scope_ids], self.scopes.get_many)}
        overviews = (_overview(each, scopes, self.now()) for each in own)
        return [o for o in overviews if wanted.matches(o.source, o.scopes, self.now())], following

    def _stages(self, wanted: ObservedFilter) -> list[Stage]:
        """The narrowest index that has all that matches: only leaves that are watched have a team's, an
        owner's and an expiry's."""
        if wanted.text is not None:
            return self.indexes.searched(sought(wanted.text))
        is_watched = wanted.status in (ObservedStatus.UNMANAGED, ObservedStatus.CLAIMED) and not wanted.is_ca
        if is_watched and wanted.owner_id is not None:
            return self.indexes.of_owner(wanted.owner_id)
        if is_watched and self._is_near(wanted.expires_before):
            return self.indexes.expiring_between(_LONG_AGO, wanted.expires_before or self.now())
        if is_watched and wanted.team_id is not None:
            return self.indexes.of_team(wanted.team_id)
        if wanted.status in _STATES:
            return self.indexes.of_state(_STATES[wanted.status])
        return self.indexes.by_first_sighting(self.now())

    def _is_near(self, moment: datetime | None) -> bool:
        """Whether an order by expiry has few months up to this time."""
        return moment is not None and moment < self.now() + _FEW_MONTHS


def _visible(
    reader: Reader, certificate: ObservedCertificate | None, fingerprint: str
) -> ObservedCertificate:
    if certificate is None or not reader.sees(certificate):
        raise NotFound(f"There is no observed certificate {fingerprint}.")
    return certificate


def _names_in(der: bytes | None) -> tuple[str, ...]:
    # Loads cryptography, which lists do not need.
    from certctl.crypto.inventory.facts import Unreadable, parse

    try:
        return parse(der).names if der else ()
    except Unreadable:
        return ()


def _overview(source: Source, scopes: dict[str, Scope], now: datetime) -> SourceOverview:
    own = tuple(scopes[each] for each in source.scope_ids if each in scopes)
    return SourceOverview(source, own, frozenset(each.id for each in own if each.is_silent(now)))
