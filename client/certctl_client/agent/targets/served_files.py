"""Files that a server loads: test its configuration, reload it, check which certificate it serves."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cryptography import x509

from certctl_client.agent.bundles import Bundle, fingerprint_of
from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.errors import DeploymentFailed, WorkRefused
from certctl_client.agent.targets.base import Assignment, Snapshot
from certctl_client.agent.targets.commands import run_command
from certctl_client.agent.targets.configuration import (
    command_in,
    endpoint_in,
    group_in,
    group_named,
    optional_path_in,
    owner_in,
    path_in,
    seconds_to_verify_in,
    user_named,
)
from certctl_client.agent.targets.handshake import Endpoint
from certctl_client.agent.targets.safe_files import Found, Marks, found_at, put, put_back, remove

_CERTIFICATE_MODE, _KEY_MODE, _KEY_MODE_WITH_GROUP = 0o644, 0o600, 0o640
_NOT_FOR_OTHERS = 0o770
_GROUP, _GROUP_WRITES = 0o070, 0o020


@dataclass(frozen=True)
class Part:
    """One file, and the part of the bundle that it holds."""

    path: PurePosixPath
    content: Callable[[Bundle], bytes]
    is_secret: bool = False


@dataclass(frozen=True)
class ServedFiles:
    """`parts` begin with the one that holds the leaf. `test`, `reload` and `endpoint` may be empty: then
    nothing serves the files, or it is not to be checked."""

    parts: Sequence[Part]
    owner: int | None
    group: int | None
    test: Sequence[str]
    reload: Sequence[str]
    endpoint: Endpoint | None
    seconds_to_verify: float
    consent: Consent

    def snapshot(self) -> Snapshot:
        """Raises WorkRefused if a file would keep an owner that the host does not allow."""
        for part in self.parts:
            self._marks(part)
        files, blobs = [], {}
        for number, part in enumerate(self.parts):
            found = found_at(part.path)
            files.append({"path": str(part.path), "is_secret": part.is_secret, **_marks_of(number, found)})
            if found:
                blobs[str(number)] = found.content
        served = self.endpoint.served() if self.endpoint else None
        return Snapshot({"files": files, "served": served}, blobs)

    def install(self, bundle: Bundle) -> None:
        for part in self.parts:
            put(part.path, part.content(bundle), self._marks(part))
        if self.test:
            run_command(self.test, "configuration test")
        if self.reload:
            run_command(self.reload, "reload command")

    def verify(self, bundle: Bundle) -> str | None:
        if self.endpoint is None:
            return self._held(bundle)
        if not self.endpoint.serves(bundle.fingerprint, self.seconds_to_verify):
            raise DeploymentFailed(_unverified(self.endpoint, bundle.fingerprint, self.seconds_to_verify))
        return bundle.fingerprint

    def restore(self, snapshot: Snapshot) -> None:
        for number, file in enumerate(snapshot.values["files"]):
            _restore(file, snapshot.blobs.get(str(number)))
        failed = self._reload_failed()
        served = snapshot.values["served"]
        if self.endpoint and served:
            if not self.endpoint.serves(served, self.seconds_to_verify):
                raise DeploymentFailed(_unverified(self.endpoint, served, self.seconds_to_verify))
        elif failed and snapshot.blobs:
            raise failed

    def _reload_failed(self) -> DeploymentFailed | None:
        """Reloads. Returns the failure instead of raising it: the server may serve the former files all the
        same."""
        try:
            if self.reload:
                run_command(self.reload, "reload command after the rollback")
        except DeploymentFailed as failed:
            return failed
        return None

    def _held(self, bundle: Bundle) -> str:
        found = found_at(self.parts[0].path)
        held = x509.load_pem_x509_certificate(found.content) if found else None
        if held is None or fingerprint_of(held) != bundle.fingerprint:
            raise DeploymentFailed(f"{self.parts[0].path} does not hold the new certificate.")
        return bundle.fingerprint

    def _marks(self, part: Part) -> Marks:
        """Owner and mode: as configured, else those of the file, else the agent's own."""
        found = found_at(part.path)
        if found:
            self._require_kept_owners(part, found.marks)
        now = found.marks if found else Marks(self._new_mode(part), os.geteuid(), os.getegid())
        mode = now.mode & _NOT_FOR_OTHERS if part.is_secret else now.mode
        return Marks(
            mode,
            now.uid if self.owner is None else self.owner,
            now.gid if self.group is None else self.group,
        )

    def _require_kept_owners(self, part: Part, kept: Marks) -> None:
        """A user who may write in the directory could leave an empty file there, and its owner would get the
        key."""
        if self.owner is None and kept.uid != os.geteuid():
            self.consent.require_found_owner(part.path, user_named(kept.uid))
        reads_or_writes = _GROUP if part.is_secret else _GROUP_WRITES
        if self.group is None and kept.gid != os.getegid() and kept.mode & reads_or_writes:
            self.consent.require_found_owner(part.path, group_named(kept.gid))

    def _new_mode(self, part: Part) -> int:
        if not part.is_secret:
            return _CERTIFICATE_MODE
        return _KEY_MODE if self.group is None else _KEY_MODE_WITH_GROUP


def leaf_and_chain(bundle: Bundle) -> bytes:
    return bundle.leaf + bundle.chain


def chain_only(bundle: Bundle) -> bytes:
    return bundle.chain


def key_only(bundle: Bundle) -> bytes:
    return bundle.key


def everything(bundle: Bundle) -> bytes:
    return bundle.leaf + bundle.chain + bundle.key


def certificate_and_key(assignment: Assignment) -> list[Part]:
    """`certificate_path` with leaf and chain, `key_path`, and `chain_path` if it is configured."""
    parts = [
        Part(path_in(assignment, "certificate_path"), leaf_and_chain),
        Part(path_in(assignment, "key_path"), key_only, is_secret=True),
    ]
    chain = optional_path_in(assignment, "chain_path")
    parts += [Part(chain, chain_only)] if chain else []
    if len({part.path for part in parts}) < len(parts):
        raise WorkRefused("certificate_path, key_path and chain_path must be different files.")
    return parts


def served(
    assignment: Assignment, parts: Sequence[Part], test: Sequence[str], reload: Sequence[str]
) -> ServedFiles:
    """`test` and `reload` are the kind's own commands, which the configuration may replace."""
    return ServedFiles(
        parts,
        owner_in(assignment),
        group_in(assignment),
        command_in(assignment, "test_command", test),
        command_in(assignment, "reload_command", reload),
        endpoint_in(assignment),
        seconds_to_verify_in(assignment),
        assignment.consent,
    )


def _marks_of(number: int, found: Any) -> Mapping[str, Any]:
    if found is None:
        return {"blob": None}
    return {"blob": str(number), "mode": found.marks.mode, "uid": found.marks.uid, "gid": found.marks.gid}


def _restore(file: Mapping[str, Any], content: bytes | None) -> None:
    path = PurePosixPath(file["path"])
    if content is None:
        return remove(path)
    mode = file["mode"] & _NOT_FOR_OTHERS if file["is_secret"] else file["mode"]
    put_back(path, Found(content, Marks(mode, file["uid"], file["gid"])))


def _unverified(endpoint: Endpoint, wanted: str, seconds: float) -> str:
    served = endpoint.served()
    what = f"serves {served[:16]}... instead of" if served else "answers no TLS handshake; it should serve"
    return f"{endpoint.host}:{endpoint.port} {what} {wanted[:16]}... after {seconds:g} s."
