"""The soak's books: what the stack has accepted, one entry for each effect that it owes."""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

type Entry = Mapping[str, Any]


class Journal:
    """Entries in the order of the answers; each is on disk before the next step of its actor."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._file = path.open("a")

    def note(self, kind: str, **facts: Any) -> None:
        entry = {"kind": kind, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **facts}
        with self._lock:
            self._entries.append(entry)
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()

    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries)
