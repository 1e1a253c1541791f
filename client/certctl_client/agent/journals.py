"""A deployment's journal: the work in progress, and all that is needed to complete it or roll it back.

`deployments/<job>/`: journal.json and the blobs of the snapshot. The blobs are on the disk before the journal
names them, and the journal is deleted first.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from certctl_client.agent.state import State, make_private, read_json, write_json
from certctl_client.agent.targets.base import Snapshot
from certctl_client.agent.wire import checked_id
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded, replace_file

_JOURNAL = "journal.json"
_BLOB_LIMIT = 1024 * 1024


class Phase(StrEnum):
    CLAIMED = "claimed"  # nothing has been touched
    INSTALLING = "installing"  # anything may have been touched: complete it
    RESTORING = "restoring"  # the same, but roll it back
    ENDED = "ended"  # the result has to be reported


@dataclass(frozen=True)
class Entry:
    """`work` is the server's record, `result` the report to it. `tries` counts the tries of the phase,
    `attempt` is the server's number of the claim. `reason` is that of a rollback."""

    job_id: str
    phase: Phase
    work: Mapping[str, Any]
    attempt: int | None = None
    version: Mapping[str, Any] | None = None
    snapshot: Mapping[str, Any] | None = None
    blobs: list[str] = field(default_factory=list)
    tries: int = 0
    reason: str = ""
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Journals:
    state: State

    def begun(self, work: Mapping[str, Any]) -> Entry:
        """The entry of this job, new or as an earlier run left it. Raises ValueError for an invalid id."""
        job_id = checked_id(work.get("job_id"))
        if (self._directory(job_id) / _JOURNAL).exists():
            return self._read(job_id)
        make_private(self._directory(job_id))
        return self.kept(Entry(job_id, Phase.CLAIMED, work))

    def kept(self, entry: Entry) -> Entry:
        """Writes the entry, which is on the disk when this returns."""
        write_json(self._directory(entry.job_id) / _JOURNAL, asdict(entry))
        return entry

    def keep_blobs(self, job_id: str, snapshot: Snapshot) -> list[str]:
        """Stores blobs, before the entry that names them. Returns their names."""
        for name, content in snapshot.blobs.items():
            replace_file(self._directory(job_id) / f"before-{name}", content, 0o600)
        return list(snapshot.blobs)

    def snapshot_of(self, entry: Entry) -> Snapshot:
        directory = self._directory(entry.job_id)
        blobs = {name: read_bounded(directory / f"before-{name}", _BLOB_LIMIT) for name in entry.blobs}
        return Snapshot(entry.snapshot or {}, blobs)

    def unfinished(self) -> Iterator[Entry]:
        """Unfinished entries, oldest first. Deletes directories without a journal."""
        found = self.state.deployments.glob("*") if self.state.deployments.exists() else ()
        for directory in sorted(found, key=lambda path: path.stat().st_mtime_ns):
            if (directory / _JOURNAL).exists():
                yield self._read(directory.name)
            else:
                shutil.rmtree(directory, ignore_errors=True)

    def drop(self, job_id: str) -> None:
        directory = self._directory(job_id)
        with suppress(OSError):
            (directory / _JOURNAL).unlink()
        shutil.rmtree(directory, ignore_errors=True)

    def set_aside(self, entry: Entry) -> Path:
        """Keeps the former files for a person after a failed rollback. Another attempt at the job has another
        directory, because it does not find the former files."""
        aside = make_private(self.state.path / "failed") / f"{entry.job_id}-{entry.attempt}"
        try:
            return self._directory(entry.job_id).rename(aside)
        except OSError as error:
            raise CommandError(f"{aside} cannot be made: {error.strerror}.") from None

    def _directory(self, job_id: str) -> Path:
        return self.state.deployments / job_id

    def _read(self, job_id: str) -> Entry:
        values = read_json(self._directory(job_id) / _JOURNAL)
        try:
            return Entry(**values | {"phase": Phase(values["phase"])})
        except (TypeError, KeyError, ValueError):
            raise ConfigurationError(f"The journal of {job_id} is not what the agent writes.") from None
