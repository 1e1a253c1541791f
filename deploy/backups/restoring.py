"""Writes a backup into the tables of a stack, under their names there.

Nothing may write during it (`pausing.py`). After an interruption the same call continues where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from deploy.backups.journal import Journal, TableProgress
from deploy.backups.manifest import File, Manifest
from deploy.backups.places import Place
from deploy.backups.tables import eab_keys
from deploy.backups.tables.rows import fingerprint, total, unpacked
from deploy.backups.tables.scanning import THREADS, each_segment, is_empty, key_names, pages_of
from deploy.backups.tables.tables import ORDER, Row, Rules, missing_from
from deploy.backups.tables.writing import Writer, patient_sleep
from deploy.errors import DeployError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_EXPIRES_SOON = timedelta(days=1)
_TRAIL_SAMPLES = 25


class Mode(StrEnum):
    """`replace`: the tables become the backup, except for what is kept (`tables.py`). `missing`: deleted rows
    are restored, and all existing ones stay."""

    REPLACE = "replace"
    MISSING = "missing"


@dataclass(frozen=True)
class Into:
    """`names` are the physical tables by short name; `now` decides which rows expire anyway."""

    client: "DynamoDBClient"
    names: Mapping[str, str]
    now: datetime
    sleep: Callable[[float], object] = patient_sleep


class Restoring:
    def __init__(self, manifest: Manifest, place: Place, into: Into, journal: Journal, rules: Rules) -> None:
        self._manifest = manifest
        self._place = place
        self._into = into
        self._journal = journal
        self._rules = rules
        self._eab_keys: set[str] = set()
        self._expired_at = int((into.now + _EXPIRES_SOON).timestamp())

    def require_room(self, mode: Mode | None) -> Mode:
        """Raises DeployError for tables with rows, unless a mode says what to do with those."""
        absent = missing_from(self._into.names) or missing_from(self._manifest.tables)
        if absent:
            raise DeployError(f"no table {', '.join(absent)}: in the stack or in the backup")
        if mode is not None:
            return mode
        full = [t for t in ORDER if not is_empty(self._into.client, self._into.names[t])]
        if full:
            raise DeployError(
                f"there are rows in {', '.join(full)}. MODE=missing adds what is gone and changes nothing "
                "that is there; MODE=replace makes the tables what the backup is"
            )
        return Mode.MISSING

    def has_newer_trail(self) -> bool:
        """Whether the stack's audit trail continues the backup's: it then has what was revoked since."""
        writer = self._writer("audit")
        for file in self._manifest.tables["audit"].files[:1]:
            rows = list(self._rows(file))[:_TRAIL_SAMPLES]
            return any(writer.has(row) for row in rows)
        return False

    def rows_of_cas(self) -> list[Row]:
        """The CAs of the backup that sign certificates or CRLs."""
        return [row for row in self.rows_of("state") if row["kind"] == {"S": "ca"}]

    def rows_of(self, table: str) -> Iterator[Row]:
        """All rows of the backup."""
        return (row for file in self._manifest.tables[table].files for row in self._rows(file))

    def run(self, mode: Mode) -> dict[str, int]:
        """Rows of the backup, by table. Raises DeployError if the result differs from the backup."""
        return {table: self._table(table, mode) for table in ORDER}

    def _table(self, table: str, mode: Mode) -> int:
        progress = self._journal.of(table)
        if not progress.done:
            if table == "catalog" and mode is Mode.REPLACE and not progress.emptied:
                self._join_eab_keys()
            self._empty(table, mode, progress)
            self._fill(table, mode, progress)
            self._verify(table, mode, progress)
            self._journal.note_done(table)
        return sum(items for items, _ in progress.written.values())

    def _empty(self, table: str, mode: Mode, progress: TableProgress) -> None:
        if mode is Mode.MISSING or progress.emptied:
            return
        client, name, writer = self._into.client, self._into.names[table], self._writer(table)

        def segment(number: int) -> None:
            for page in pages_of(client, name, number):
                writer.delete(row for row in page if not self._stays(table, row))

        each_segment(segment)
        self._journal.note_emptied(table)

    def _stays(self, table: str, row: Row) -> bool:
        is_joined = self._rules.is_live_eab_key(row) and row["id"]["S"] in self._eab_keys
        return is_joined or self._rules.outlives(table, row)

    def _join_eab_keys(self) -> None:
        """Gives each EAB key that stack and backup both have the backup's content, and no secret that was
        replaced since. These rows stay: the backup's are not written over them."""
        writer, changed = self._writer("catalog"), list[str]()
        for row in filter(self._rules.is_live_eab_key, self.rows_of("catalog")):
            stored = writer.stored(row)
            if stored is None or not self._rules.is_live_eab_key(stored):
                continue
            joined = eab_keys.joined(row, stored)
            if not eab_keys.has_same_secret(row, stored):
                joined = joined if self._rules.keeps_keys else eab_keys.with_secret_of_none(joined)
                changed.append(eab_keys.line_of(row, stored))
            writer.put([joined])
            self._eab_keys.add(row["id"]["S"])
        self._journal.note_fact("eab_secrets_changed", changed)

    def _fill(self, table: str, mode: Mode, progress: TableProgress) -> None:
        dump, writer = self._manifest.tables[table], self._writer(table)

        def fill(file: File) -> None:
            read = list(self._rows(file))
            rows = [row for row in read if not self._is_unwanted(table, row)]
            over = [row for row in rows if mode is Mode.REPLACE and not self._rules.is_kept(table, row)]
            writer.put(over)
            writer.add([row for row in rows if mode is Mode.MISSING or self._rules.is_kept(table, row)])
            self._journal.note_written(table, file.key, len(read), total(map(fingerprint, over)))

        left = [file for file in dump.files if file.key not in progress.written]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(fill, left))
        found = sum(items for items, _ in progress.written.values())
        if found != dump.items:
            raise DeployError(f"the backup of {table} has {found} rows and not {dump.items}: it is not whole")

    def _verify(self, table: str, mode: Mode, progress: TableProgress) -> None:
        """Reads the table back. Existing rows that were kept are not counted."""
        if mode is Mode.MISSING:
            return
        wanted = total(fingerprints for _, fingerprints in progress.written.values())
        client, name = self._into.client, self._into.names[table]

        def segment(number: int) -> int:
            pages = pages_of(client, name, number)
            rows = (row for page in pages for row in page if self._counts(table, row))
            return total(map(fingerprint, rows))

        if total(each_segment(segment)) != wanted:
            raise DeployError(
                f"{table} does not hold what the backup holds: something wrote to it in between. Is the "
                "stack paused? Run the command again with FRESH=1"
            )

    def _counts(self, table: str, row: Row) -> bool:
        return not self._rules.is_kept(table, row) and not self._is_unwanted(table, row)

    def _is_unwanted(self, table: str, row: Row) -> bool:
        expires = row.get("delete_after", {}).get("N")
        is_over = expires is not None and float(expires) < self._expired_at
        return is_over or self._rules.is_left_out(table, row)

    def _rows(self, file: File) -> Iterable[Row]:
        """Raises DeployError if the file is not the one that was backed up."""
        return unpacked(self._place.verified(file.key, file.digest))

    def _writer(self, table: str) -> Writer:
        name = self._into.names[table]
        return Writer(self._into.client, name, key_names(self._into.client, name), self._into.sleep)
