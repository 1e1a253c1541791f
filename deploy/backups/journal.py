"""The progress of a restore: a file on the operator's machine. Every step is idempotent, so a lost journal
costs time and nothing else."""

import json
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class TableProgress:
    """`written` by file: the number of its rows, and the sum of the fingerprints of those that replace."""

    emptied: bool = False
    done: bool = False
    written: dict[str, tuple[int, int]] = field(default_factory=dict)


class Journal:
    """The journal of one restore, by `purpose`: another backup, stack or mode begins a new one.
    Thread-safe."""

    def __init__(self, path: Path, purpose: str) -> None:
        self._path = path
        self._purpose = purpose
        self._lock = threading.Lock()
        stored = _read(path)
        same = stored.get("purpose") == purpose
        self.is_resumed = same
        self._facts: dict[str, Any] = stored.get("facts", {}) if same else {}
        self._tables = {
            name: TableProgress(p["emptied"], p["done"], {k: (v[0], v[1]) for k, v in p["written"].items()})
            for name, p in (stored.get("tables", {}) if same else {}).items()
        }

    def fact(self, name: str) -> Any:
        return self._facts.get(name)

    def note_fact(self, name: str, value: Any) -> None:
        with self._lock:
            self._facts[name] = value
            self._save()

    def of(self, table: str) -> TableProgress:
        with self._lock:
            return self._tables.setdefault(table, TableProgress())

    def note_emptied(self, table: str) -> None:
        progress = self.of(table)
        with self._lock:
            progress.emptied = True
            self._save()

    def note_written(self, table: str, file: str, rows: int, fingerprints: int) -> None:
        progress = self.of(table)
        with self._lock:
            progress.written[file] = (rows, fingerprints)
            self._save()

    def note_done(self, table: str) -> None:
        progress = self.of(table)
        with self._lock:
            progress.done = True
            self._save()

    def close(self) -> None:
        """The restore has ended: the next one starts at the beginning."""
        self._path.unlink(missing_ok=True)

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".unfinished")
        tables = {name: asdict(progress) for name, progress in self._tables.items()}
        body = {"purpose": self._purpose, "facts": self._facts, "tables": tables}
        unfinished.write_text(json.dumps(body))
        unfinished.replace(self._path)


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found
