"""The owners and teams that get weekly digests."""

from collections.abc import Iterable

from certctl.domain.catalog.defaults import BUILT_IN
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.notifications.digests.content import Addressee
from certctl.domain.notifications.digests.texts import Names
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import in_parallel

_ADDRESSED = (Kind.OWNER, Kind.TEAM)


def all_addressed(catalog: CatalogStore) -> list[AnyEntry]:
    """All owners, then all teams, with the built-in ones that are not stored. Raises Unavailable."""
    owners, teams = in_parallel(*(lambda kind=kind: list(catalog.all_of(kind)) for kind in _ADDRESSED))
    stored = [*owners, *teams]
    known = {(each.kind, each.id) for each in stored}
    missing = [entry for place, entry in BUILT_IN.items() if place[0] in _ADDRESSED and place not in known]
    return [each for each in (*stored, *missing) if not each.is_deleting]


def addressee_of(entry: AnyEntry) -> Addressee:
    team_id = entry.id if entry.kind is Kind.TEAM else entry.team_id or ""
    return Addressee(entry.kind, entry.id, entry.name, team_id)


def names_of(entries: Iterable[AnyEntry]) -> Names:
    return {(each.kind, each.id): each.name for each in entries}
