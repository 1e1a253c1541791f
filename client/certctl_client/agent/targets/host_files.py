"""Files on the host, replaced together: the server tests its configuration and reloads. The former files can
be restored."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.errors import DeploymentFailed
from certctl_client.agent.targets.base import Snapshot
from certctl_client.agent.targets.commands import run_command
from certctl_client.agent.targets.configuration import group_named, user_named
from certctl_client.agent.targets.safe_files import (
    FILE_LIMIT,
    Found,
    Marks,
    found_at,
    put,
    put_back,
    remove,
)

_PUBLIC_MODE, _SECRET_MODE, _SECRET_MODE_WITH_GROUP = 0o644, 0o600, 0o640
_NOT_FOR_OTHERS = 0o770
_GROUP, _GROUP_WRITES = 0o070, 0o020


@dataclass(frozen=True)
class HostFile:
    path: PurePosixPath
    is_secret: bool = False


@dataclass(frozen=True)
class HostFiles:
    """`test` and `reload` are commands, and may be empty. `limit` is the largest size of an existing file, in
    bytes."""

    files: Sequence[HostFile]
    owner: int | None
    group: int | None
    test: Sequence[str]
    reload: Sequence[str]
    consent: Consent
    limit: int = FILE_LIMIT

    def contents(self) -> list[bytes | None]:
        """The content of each file, None for a file that does not exist. Raises WorkRefused."""
        return [found.content if found else None for found in map(self._found, self.files)]

    def snapshot(self) -> Snapshot:
        """Raises WorkRefused if a file would keep an owner that the host does not allow."""
        for file in self.files:
            self._marks(file)
        found = list(map(self._found, self.files))
        blobs = {str(number): each.content for number, each in enumerate(found) if each}
        return Snapshot({"files": list(self._records(found))}, blobs)

    def replace(self, contents: Sequence[bytes]) -> None:
        """Writes the files in their order, tests and reloads. Raises DeploymentFailed, WorkRefused."""
        for file, content in zip(self.files, contents, strict=True):
            put(file.path, content, self._marks(file))
        if self.test:
            run_command(self.test, "configuration test")
        if self.reload:
            run_command(self.reload, "reload command")

    def restore(self, snapshot: Snapshot) -> DeploymentFailed | None:
        """Restores the former files and reloads. Returns the failure of the reload: the server may serve the
        former files all the same. Raises DeploymentFailed, WorkRefused."""
        for number, file in enumerate(snapshot.values["files"]):
            self._restore(file, snapshot.blobs.get(str(number)))
        try:
            if self.reload:
                run_command(self.reload, "reload command after the rollback")
        except DeploymentFailed as failed:
            return failed
        return None

    def _found(self, file: HostFile) -> Found | None:
        return found_at(file.path, self.limit)

    def _records(self, found: Sequence[Found | None]) -> Iterator[Mapping[str, Any]]:
        for number, (file, each) in enumerate(zip(self.files, found, strict=True)):
            yield {"path": str(file.path), "is_secret": file.is_secret, **_marks_of(number, each)}

    def _restore(self, file: Mapping[str, Any], content: bytes | None) -> None:
        path = PurePosixPath(file["path"])
        if content is None:
            return remove(path)
        mode = file["mode"] & _NOT_FOR_OTHERS if file["is_secret"] else file["mode"]
        put_back(path, Found(content, Marks(mode, file["uid"], file["gid"])), self.limit)

    def _marks(self, file: HostFile) -> Marks:
        """Owner and mode: the configured ones, else the file's, else the agent's own."""
        found = self._found(file)
        if found:
            self._require_kept_owners(file, found.marks)
        now = found.marks if found else Marks(self._new_mode(file), os.geteuid(), os.getegid())
        mode = now.mode & _NOT_FOR_OTHERS if file.is_secret else now.mode
        return Marks(
            mode,
            now.uid if self.owner is None else self.owner,
            now.gid if self.group is None else self.group,
        )

    def _require_kept_owners(self, file: HostFile, kept: Marks) -> None:
        """Raises WorkRefused: a user who may write in the directory could leave an empty file, and get the
        key."""
        if self.owner is None and kept.uid != os.geteuid():
            self.consent.require_found_owner(file.path, user_named(kept.uid))
        reads_or_writes = _GROUP if file.is_secret else _GROUP_WRITES
        if self.group is None and kept.gid != os.getegid() and kept.mode & reads_or_writes:
            self.consent.require_found_owner(file.path, group_named(kept.gid))

    def _new_mode(self, file: HostFile) -> int:
        if not file.is_secret:
            return _PUBLIC_MODE
        return _SECRET_MODE if self.group is None else _SECRET_MODE_WITH_GROUP


def _marks_of(number: int, found: Found | None) -> Mapping[str, Any]:
    if found is None:
        return {"blob": None}
    return {"blob": str(number), "mode": found.marks.mode, "uid": found.marks.uid, "gid": found.marks.gid}
