"""Rows of the nightly count: its progress, what it has counted so far, and the figures of each day."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.inventory.census.counting import Census
from certctl.domain.inventory.census.figures import Figures
from certctl.domain.inventory.census.progress import CensusProgress
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.census_items import CensusItem, CensusWishItem, CheckpointItem, FiguresItem
from certctl.store.inventory.census_texts import figures_of_text, packed, text_of_figures, unpacked
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import put

FIGURES_KEPT = timedelta(days=400)
_CHECKPOINT_KEPT = timedelta(days=3)
_PART = 350_000
"""Bytes: a row has 400 KB at most."""


class CensusStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def progress(self, *, consistent: bool = False) -> CensusProgress | None:
        item = self._database.get(CensusItem, keys.CENSUS, keys.CENSUS_PROGRESS, consistent=consistent)
        return to_record(CensusProgress, item, revision=int(item.revision)) if item else None

    def save(self, before: CensusProgress | None, after: CensusProgress) -> CensusProgress:
        """Only while no other run has written since `before`. Raises ChangedMeanwhile."""
        saved = replace(after, revision=before.revision + 1 if before else 1)
        item = to_item(CensusItem, saved, item_id=keys.CENSUS, record=keys.CENSUS_PROGRESS)
        condition = CensusItem.revision == before.revision if before else CensusItem.item_id.does_not_exist()
        self._database.write_or_refuse(put(item, condition, ChangedMeanwhile("Another run counts.")))
        return saved

    def wanted_at(self) -> datetime | None:
        item = self._database.get(CensusWishItem, keys.CENSUS, keys.CENSUS_WISH)
        return item.wanted_at if item else None

    def want(self, now: datetime) -> None:
        """Asks for a count before the next night."""
        self._database.write(put(CensusWishItem(keys.CENSUS, keys.CENSUS_WISH, wanted_at=now)))

    def keep(self, census: Census, now: datetime) -> str:
        """Writes what was counted so far. Returns the checkpoint, a name that no other run has."""
        checkpoint, ends = uuid4().hex, int((now + _CHECKPOINT_KEPT).timestamp())
        body = packed(census)
        parts = [body[place : place + _PART] for place in range(0, len(body), _PART)]
        rows = [
            CheckpointItem(keys.CENSUS, _part(checkpoint, number), body=part, delete_after=ends)
            for number, part in enumerate(parts)
        ]
        for row in rows:
            self._database.write(put(row))
        return checkpoint

    def kept(self, checkpoint: str) -> Census | None:
        """What was counted up to a checkpoint; None if it is no longer kept."""
        body = b"".join(self._parts(checkpoint))
        return unpacked(body) if body else None

    def publish(self, figures: Mapping[str, Figures]) -> None:
        """Writes the figures of a day. It can be repeated."""
        self._database.put_all([put(_figures_item(whose, each)) for whose, each in figures.items()])

    def figures(self, days: Iterable[str], whose: Iterable[str]) -> dict[tuple[str, str], Figures]:
        """The figures that exist, by day and whose they are; 100 in one round trip."""
        names = list(whose)
        wanted = [(keys.figures_item(day), each) for day in days for each in names]
        found = self._database.batch_get(FiguresItem, wanted)
        read = [(item.item_id.partition("#")[2], item) for item in found]
        return {(day, item.record): figures_of_text(item.body, day, item.counted_at) for day, item in read}

    def _parts(self, checkpoint: str) -> Iterator[bytes]:
        number = 0
        while item := self._database.get(
            CheckpointItem, keys.CENSUS, _part(checkpoint, number), consistent=True
        ):
            yield bytes(item.body)
            number += 1


def _part(checkpoint: str, number: int) -> str:
    return f"checkpoint#{checkpoint}#{number:03}"


def _figures_item(whose: str, figures: Figures) -> FiguresItem:
    return FiguresItem(
        keys.figures_item(figures.day),
        whose,
        counted_at=figures.counted_at,
        body=text_of_figures(figures),
        delete_after=int((figures.counted_at + FIGURES_KEPT).timestamp()),
    )
