"""A plan: what a cut-over would change on this host. Making one changes nothing."""

import os
import platform
import pwd
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from certctl_client.agent.consent.file import DEFAULT_PATH
from certctl_client.agent.discovery.consenting import consent_with, needed_for
from certctl_client.agent.discovery.findings import Server
from certctl_client.agent.discovery.placing import Edit, Move, directory_of, moves_of
from certctl_client.agent.discovery.reading import LONGEST_FILE
from certctl_client.agent.discovery.sites import Site
from certctl_client.agent.targets.safe_files import Found, Marks, found_at
from certctl_client.errors import CommandError

_SECRET, _PUBLIC = 0o600, 0o644
_MOST_IN_A_DIRECTORY = 10_000


class Role(StrEnum):
    FILE = "file"
    CONFIGURATION = "configuration"
    CONSENT = "consent"


@dataclass(frozen=True)
class Change:
    """`before` is None for a file that does not exist yet. `path` has no symbolic link in it."""

    role: Role
    path: Path
    before: Found | None
    after: Found


@dataclass(frozen=True)
class Owner:
    """The agent's user, to whom the new files will belong. `ids` is None if this host has no such user."""

    name: str
    ids: tuple[int, int] | None


@dataclass(frozen=True)
class Plan:
    """`directories` do not exist yet. `refusals` keep the plan from being applied."""

    host: str
    servers: Sequence[Server]
    sites: Sequence[Site]
    moves: Sequence[Move]
    owner: Owner
    consent: Path
    directories: Sequence[Path]
    changes: Sequence[Change]
    refusals: Sequence[str]

    @property
    def moved_kinds(self) -> list[Server]:
        kinds = {move.site.kind for move in self.moves}
        return [server for server in self.servers if server.kind in kinds]


def owner_named(name: str) -> Owner:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return Owner(name, None)
    return Owner(name, (entry.pw_uid, entry.pw_gid))


def planned(
    servers: Sequence[Server], sites: Sequence[Site], owner: Owner, consent: Path = DEFAULT_PATH
) -> Plan:
    """Raises CommandError if a file cannot be read, or the consent file is invalid."""
    moves = moves_of(sites, _taken(sites))
    parents = [*(move.files[0].path.parent for move in moves), *([consent.resolve().parent] if moves else [])]
    directories = _unique(directory for parent in parents for directory in _missing(parent))
    changes = [
        *(_new_file(each.path, each.content, each.is_secret, owner) for move in moves for each in move.files),
        *_edited(edit for move in moves for edit in move.edits),
        *_consent_change(moves, consent),
    ]
    refusals = [*_refusals(moves, owner), *_existing(changes)]
    return Plan(platform.node(), servers, sites, moves, owner, consent, directories, changes, refusals)


def applied_edits(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The content with each edit, which must not overlap."""
    for edit in sorted(edits, key=lambda each: each.at.start, reverse=True):
        content = content[: edit.at.start] + edit.text + content[edit.at.end :]
    return content


def _new_file(path: Path, content: bytes, is_secret: bool, owner: Owner) -> Change:
    marks = Marks(_SECRET if is_secret else _PUBLIC, *(owner.ids or (0, 0)))
    return Change(Role.FILE, path, None, Found(content, marks))


def _edited(edits: Iterable[Edit]) -> Iterator[Change]:
    by_file: dict[Path, list[Edit]] = {}
    for edit in dict.fromkeys(edits):
        by_file.setdefault(edit.at.file, []).append(edit)
    for path, each in by_file.items():
        before = found_at(PurePosixPath(path), LONGEST_FILE)
        if before is None:
            raise CommandError(f"{path} has gone.")
        after = applied_edits(before.content, each)
        yield Change(Role.CONFIGURATION, path, before, Found(after, before.marks))


def _consent_change(moves: Sequence[Move], path: Path) -> Iterator[Change]:
    if not moves:
        return
    real = path.resolve()
    before = found_at(PurePosixPath(real)) if real.exists() else None
    content = consent_with(needed_for(moves), before.content if before else None, path)
    if before is None or content != before.content:
        marks = before.marks if before else Marks(_PUBLIC, os.geteuid(), os.getegid())
        yield Change(Role.CONSENT, real, before, Found(content, marks))


def _refusals(moves: Sequence[Move], owner: Owner) -> Iterator[str]:
    if moves and owner.ids is None:
        yield f"This host has no user {owner.name}: install the agent, or name its user with --owner."
    for directory in _unique(directory_of(move.site) for move in moves):
        if directory.is_dir() and owner.ids and directory.stat().st_uid != owner.ids[0]:
            yield f"{directory} belongs to another user: chown {owner.name} {directory}, or move it away."
        elif directory.is_symlink():
            yield f"{directory} is a symbolic link, which an agent refuses."


def _existing(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        if change.role is Role.FILE and os.path.lexists(change.path):
            yield f"{change.path} exists already: move it away."


def _taken(sites: Iterable[Site]) -> set[str]:
    """Names without endings in the directories for new files."""
    found: set[str] = set()
    for directory in _unique(directory_of(site) for site in sites if not site.folder):
        if directory.is_dir():
            names = sorted(each.name for each in directory.iterdir())[:_MOST_IN_A_DIRECTORY]
            found |= {name.rpartition(".")[0] for name in names}
    return found


def _missing(directory: Path) -> list[Path]:
    """The directory and those above it that do not exist, the highest first."""
    return [each for each in reversed([directory, *directory.parents]) if not each.exists()]


def _unique(paths: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(paths))
