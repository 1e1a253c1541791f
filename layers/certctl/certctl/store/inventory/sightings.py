"""Sightings: which certificate a place of a scope holds."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from certctl.domain.inventory.manifests import LAST
from certctl.domain.inventory.observed import Sighting
from certctl.domain.inventory.places import Place, PlaceKind
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.items import SightingItem
from certctl.store.mapping import to_item, to_record
from certctl.store.paging import IndexRange, Stage
from certctl.store.writes import Write, put

ENDED_KEPT = timedelta(days=90)
_PAGE = 1_000
_LOWEST, _HIGHEST = "0", "g"
"""Keys of places are hexadecimal digits; the row `scope` stands behind them."""


class SightingStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def in_range(self, scope_id: str, after: str, upto: str) -> dict[str, Sighting]:
        """The sightings with place keys above `after`, up to `upto`, by key; ended ones as well. A scope has
        as many as its limit of places allows."""
        item, found, start = keys.scope_item(scope_id), dict[str, Sighting](), None
        highest = _HIGHEST if upto == LAST else upto
        while True:
            page = self._database.query(
                SightingItem,
                item,
                SightingItem.record.between(after or _LOWEST, highest),
                limit=_PAGE,
                start=start,
                consistent=True,
            )
            found |= {row.record: _sighting(row) for row in page.items if row.record != after}
            if page.last_key is None:
                return found
            start = page.last_key

    def get_many(self, places: Sequence[tuple[str, str]], *, consistent: bool = False) -> list[Sighting]:
        """The sightings that exist, by scope and key of the place."""
        wanted = [(keys.scope_item(scope), key) for scope, key in places]
        items = self._database.batch_get(SightingItem, wanted, consistent=consistent)
        return [_sighting(item) for item in items]

    def of_certificate(self, fingerprint: str) -> list[Stage]:
        """The places that have the certificate, as stages of a list: their ids are `<scope>#<place key>`."""
        subject, place = keys.observed_item(fingerprint), SightingItem.subject_key
        found = IndexRange(SightingItem.by_subject, subject, place, str(place.attr_name), newest_first=False)
        return [Stage("places", (partial(found.read, self._database),), newest_first=False)]

    def first_of(self, fingerprint: str, limit: int) -> list[Sighting]:
        """The first places that have the certificate."""
        page = self._database.query(SightingItem.by_subject, keys.observed_item(fingerprint), limit=limit)
        return self.get_many([keys.sighting_of(item.subject_key) for item in page.items], consistent=True)

    def change_step(self, before: Sighting | None, after: Sighting) -> Write:
        """The row of a place, on condition that it still has what `after` was decided from. Refused with
        ChangedMeanwhile."""
        if before is None:
            return put(_item(after), SightingItem.item_id.does_not_exist())
        is_live = SightingItem.ended_at.does_not_exist()
        was_so = is_live if before.ended_at is None else SightingItem.ended_at == before.ended_at
        return put(_item(after), (SightingItem.fingerprint == before.fingerprint) & was_so)


def _item(sighting: Sighting) -> SightingItem:
    is_live = sighting.ended_at is None
    ends = sighting.ended_at + ENDED_KEPT if sighting.ended_at else None
    return to_item(
        SightingItem,
        sighting,
        item_id=keys.scope_item(sighting.scope_id),
        record=sighting.key,
        place=sighting.place.text,
        subject=keys.observed_item(sighting.fingerprint) if is_live else None,
        subject_key=keys.sighting_key(sighting.scope_id, sighting.key) if is_live else None,
        chain=sighting.chain or None,
        delete_after=int(ends.timestamp()) if ends else None,
    )


def _sighting(item: SightingItem) -> Sighting:
    text = item.place
    place = Place(PlaceKind(text.partition(":")[0]), text)
    return to_record(Sighting, item, scope_id=item.item_id.partition("#")[2], place=place)
