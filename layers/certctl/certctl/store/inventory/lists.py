"""The indexes by which observed certificates are listed, as stages for `paging`."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from certctl.domain.certificates.search import SearchTerm
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.statuses import ObservedState
from certctl.domain.times import month_of, to_wire
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.items import ObservedItem
from certctl.store.inventory.observed import LAST_MONTH, ObservedStore
from certctl.store.inventory.search_rows import observed_ranges
from certctl.store.paging import (
    FIRST_MONTH,
    Chunk,
    IndexRange,
    Row,
    Stage,
    load,
    months,
    months_back,
)

_ITEM = "item_id"
_OF_KEY = "observed"


class ObservedIndexes:
    """Every method but `load` only describes what to read. Ids are `item_id`s."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._store = ObservedStore(database)

    def load(self, ids: Sequence[str]) -> dict[str, ObservedCertificate]:
        fingerprints = [keys.observed_fingerprint(each) for each in ids]
        found = load(fingerprints, self._store.get_many)
        return {keys.observed_item(each.fingerprint): each for each in found}

    def by_first_sighting(self, now: datetime) -> list[Stage]:
        """All, newest first."""
        return [self._sharded(month, ObservedItem.by_month, month) for month in months_back(now)]

    def of_state(self, state: ObservedState) -> list[Stage]:
        """Newest first."""
        return [self._sharded(state.value, ObservedItem.by_state, state.value)]

    def of_team(self, team_id: str) -> list[Stage]:
        """Unmanaged and claimed leaves, newest first."""
        return [self._stage("team", _created(ObservedItem.by_team, keys.observed_of(team_id)))]

    def of_owner(self, owner_id: str) -> list[Stage]:
        """Unmanaged and claimed leaves, newest first."""
        return [self._stage("owner", _created(ObservedItem.by_owner, keys.observed_of(owner_id)))]

    def expiring_between(self, first: datetime, last: datetime) -> list[Stage]:
        """Unmanaged and claimed leaves that expire between these, soonest first."""
        span = months(max(month_of(first), FIRST_MONTH), min(month_of(last), LAST_MONTH))
        return [self._expiry(month, first, last) for month in span]

    def with_key(self, spki_sha256: str) -> list[Stage]:
        """The certificates of a key, by fingerprint."""
        place = ObservedItem.item_id
        of_key = IndexRange(ObservedItem.by_spki, spki_sha256, place, _ITEM, newest_first=False)
        return [self._stage(_OF_KEY, of_key)]

    def searched(self, sought: SearchTerm) -> list[Stage]:
        """The certificates that a name, serial or fingerprint finds, some more than once."""
        ranges = observed_ranges(sought)
        reads = tuple(partial(self._read_search, each) for each in ranges)
        return [Stage("search", reads, newest_first=False)] if reads else []

    def _read_search(self, place: IndexRange, after: str, limit: int) -> Chunk:
        chunk = place.read(self._database, after, limit)
        return Chunk(
            [Row(keys.observed_item(row.id), row.sort_key) for row in chunk.rows],
            chunk.more,
            chunk.skipped_to,
        )

    def _sharded(self, name: str, index: Any, prefix: str) -> Stage:
        shards = range(keys.INVENTORY_SHARDS)
        return self._stage(name, *(_created(index, keys.inventory_partition(prefix, n)) for n in shards))

    def _expiry(self, month: str, first: datetime, last: datetime) -> Stage:
        place = ObservedItem.expiry_key
        found = IndexRange(
            ObservedItem.by_expiry,
            month,
            place,
            _ITEM,
            lowest=to_wire(first),
            highest=to_wire(last),
            newest_first=False,
        )
        return self._stage(f"expiry-{month}", found)

    def _stage(self, name: str, *ranges: IndexRange) -> Stage:
        reads = tuple(partial(each.read, self._database) for each in ranges)
        return Stage(name, reads, newest_first=ranges[0].newest_first)


def is_observed(row_id: str) -> bool:
    """Whether a row of a list over several tables is one of these."""
    return row_id.startswith(keys.observed_item(""))


def _created(index: Any, partition: str) -> IndexRange:
    return IndexRange(index, partition, ObservedItem.list_key, _ITEM)
