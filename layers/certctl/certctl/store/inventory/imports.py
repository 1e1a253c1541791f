"""Imports and their chunks."""

from datetime import datetime, timedelta

from certctl.domain.inventory.imports import (
    KEPT,
    MAX_CHUNKS,
    ROWS_A_SECOND,
    Chunk,
    Import,
    refusals_of,
    refusals_text,
)
from certctl.store import keys
from certctl.store.database import ConditionFailed, Database
from certctl.store.inventory.import_items import ChunkItem, ImportItem, PaceItem
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, put, update

_PACE_KEPT = timedelta(minutes=10)


class ImportStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, import_id: str) -> Import | None:
        item = self._database.get(ImportItem, keys.import_item(import_id), keys.IMPORT, consistent=True)
        return to_record(Import, item, id=import_id) if item else None

    def create_step(self, record: Import) -> Write:
        item = to_item(
            ImportItem,
            record,
            item_id=keys.import_item(record.id),
            record=keys.IMPORT,
            delete_after=_end(record.created_at),
        )
        return put(item, ImportItem.item_id.does_not_exist())

    def complete(self, record: Import, now: datetime) -> None:
        """Idempotent. Raises ChangedMeanwhile if it is gone."""
        item = ImportItem(keys.import_item(record.id), keys.IMPORT)
        self._database.write_or_refuse(
            update(item, [ImportItem.completed_at.set(now)], ImportItem.item_id.exists())
        )

    def chunk(self, import_id: str, number: int) -> Chunk | None:
        item = self._database.get(
            ChunkItem, keys.import_item(import_id), keys.import_chunk(number), consistent=True
        )
        return _chunk(item) if item else None

    def chunks(self, import_id: str) -> tuple[Chunk, ...]:
        """All of them: MAX_CHUNKS at most."""
        page = self._database.query(
            ChunkItem, keys.import_item(import_id), ChunkItem.record.startswith("chunk#"), limit=MAX_CHUNKS
        )
        return tuple(map(_chunk, page.items))

    def is_within_pace(self, rows: int, now: datetime) -> bool:
        """Whether all imports together may write so many rows in this second. One write, which counts them
        before they are written: neither a crash nor concurrent calls exceed the rate."""
        row = PaceItem(keys.import_pace(now), keys.PACE)
        fits = PaceItem.amount.does_not_exist() | (PaceItem.amount <= ROWS_A_SECOND - rows)
        ends = PaceItem.delete_after.set(int((now + _PACE_KEPT).timestamp()))
        try:
            self._database.write(update(row, [PaceItem.amount.add(rows), ends], fits))
        except ConditionFailed:
            return False
        return True

    def put_chunk(self, record: Import, chunk: Chunk) -> None:
        item = to_item(
            ChunkItem,
            chunk,
            item_id=keys.import_item(record.id),
            record=keys.import_chunk(chunk.number),
            refused=refusals_text(chunk.refused) if chunk.refused else None,
            delete_after=_end(record.created_at),
        )
        self._database.write(put(item))


def _end(created_at: datetime) -> int:
    return int((created_at + KEPT).timestamp())


def _chunk(item: ChunkItem) -> Chunk:
    counts = {name: int(getattr(item, name)) for name in ("number", "added", "unchanged", "new")}
    return to_record(Chunk, item, **counts, refused=refusals_of(item.refused) if item.refused else ())
