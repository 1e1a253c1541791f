"""The journal of a cut-over: on the disk before the first change, with all that undoing it needs.

`DIRECTORY/<id>/`: journal.json and the former contents of configuration and consent. The contents are on the
disk before the journal names them. No key is among them: files with keys are new, and undoing removes them.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from certctl_client.agent.discovery.plan import Change, Plan, Role
from certctl_client.agent.discovery.reading import LONGEST_FILE
from certctl_client.agent.state import make_private, read_json, write_json
from certctl_client.agent.targets.safe_files import Found, Marks
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded, replace_file

_JOURNAL = "journal.json"
_ID = re.compile(r"cut-[0-9]{8}T[0-9]{6}-[0-9a-f]{6}")


class Phase(StrEnum):
    APPLYING = "applying"  # anything may have been changed
    APPLIED = "applied"
    UNDOING = "undoing"  # anything may have been restored
    UNDONE = "undone"

    @property
    def is_unfinished(self) -> bool:
        return self in (Phase.APPLYING, Phase.UNDOING)


@dataclass(frozen=True)
class Step:
    """A change, as the journal has it: `blob` names the former content, `digest` is that of the new one.
    `former` and `marks` are mode, user id and group id, before and after."""

    role: Role
    path: Path
    blob: str | None
    former: Sequence[int] | None
    digest: str
    marks: Sequence[int]


@dataclass(frozen=True)
class Check:
    """A handshake that showed the certificate before the change, and must show it afterwards."""

    host: str
    port: int
    server_name: str
    fingerprint: str


@dataclass(frozen=True)
class ServerCommands:
    kind: str
    test: Sequence[str]
    reload: Sequence[str]


@dataclass(frozen=True)
class Entry:
    id: str
    phase: Phase
    sites: Sequence[str]
    servers: Sequence[ServerCommands]
    directories: Sequence[Path]
    steps: Sequence[Step]
    checks: Sequence[Check]


@dataclass(frozen=True)
class CutOvers:
    """All cut-overs of this host. Each method raises CommandError."""

    path: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Locks the directory, which is created if necessary. The kernel unlocks when a process dies."""
        make_private(self.path)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise CommandError(
                "Another cut-over is in progress on this host.", "Wait until it ends."
            ) from None
        finally:
            os.close(descriptor)

    def begun(self, id_: str, plan: Plan, checks: Sequence[Check]) -> Entry:
        """Writes the former contents, then the journal."""
        make_private(self.path / id_)
        steps = [self._kept(id_, number, change) for number, change in enumerate(plan.changes)]
        servers = [
            ServerCommands(each.kind, each.commands.test, each.commands.reload) for each in plan.moved_kinds
        ]
        sites = [move.slug for move in plan.moves]
        return self.kept(Entry(id_, Phase.APPLYING, sites, servers, plan.directories, steps, checks))

    def kept(self, entry: Entry) -> Entry:
        """Writes the entry, which is on the disk when this returns."""
        write_json(self.path / entry.id / _JOURNAL, _as_json(asdict(entry)))
        return entry

    def in_phase(self, entry: Entry, phase: Phase) -> Entry:
        return self.kept(replace(entry, phase=phase))

    def read(self, id_: str) -> Entry:
        if not _ID.fullmatch(id_) or not (self.path / id_ / _JOURNAL).exists():
            raise ConfigurationError(f"{id_!r} is no cut-over of this host.", "`discover` lists them.")
        values = read_json(self.path / id_ / _JOURNAL)
        try:
            return _entry_of(values)
        except (KeyError, TypeError, ValueError):
            raise ConfigurationError(f"The journal of {id_} is not what discover writes.") from None

    def all(self) -> list[Entry]:
        """Entries, oldest first. A directory without a journal has changed nothing, and is left out."""
        names = sorted(path.parent.name for path in self.path.glob(f"*/{_JOURNAL}"))
        return [self.read(name) for name in names if _ID.fullmatch(name)]

    def former(self, entry: Entry, step: Step) -> Found | None:
        """What was at the path before the cut-over."""
        if step.blob is None or step.former is None:
            return None
        return Found(read_bounded(self.path / entry.id / step.blob, LONGEST_FILE), Marks(*step.former))

    def _kept(self, id_: str, number: int, change: Change) -> Step:
        blob, former = None, None
        if change.before is not None:
            blob, former = f"before-{number}", _marks_of(change.before)
            replace_file(self.path / id_ / blob, change.before.content, 0o600)
        digest = sha256(change.after.content).hexdigest()
        return Step(change.role, change.path, blob, former, digest, _marks_of(change.after))


def _marks_of(found: Found) -> list[int]:
    return [found.marks.mode, found.marks.uid, found.marks.gid]


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def _entry_of(values: Mapping[str, Any]) -> Entry:
    steps = [
        Step(**{**each, "role": Role(each["role"]), "path": Path(each["path"])}) for each in values["steps"]
    ]
    return Entry(
        values["id"],
        Phase(values["phase"]),
        values["sites"],
        [ServerCommands(**each) for each in values["servers"]],
        [Path(each) for each in values["directories"]],
        steps,
        [Check(**each) for each in values["checks"]],
    )
