"""Applies a plan and undoes it. A kill at any point leaves what `undo` restores byte for byte."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path, PurePosixPath
from uuid import uuid4

from certctl_client.agent.discovery.journal import Check, CutOvers, Entry, Phase, ServerCommands, Step
from certctl_client.agent.discovery.plan import Change, Plan, Role
from certctl_client.agent.discovery.reading import LONGEST_FILE
from certctl_client.agent.targets.commands import run_command
from certctl_client.agent.targets.handshake import Endpoint
from certctl_client.agent.targets.safe_files import found_at, put, put_back, remove
from certctl_client.errors import CommandError

_DIRECTORY_MODE, _PARENT_MODE = 0o750, 0o755
_SECONDS_TO_SERVE = 15.0

type Say = Callable[[str], None]


class Is(Enum):
    """The content of a file, beside its journal."""

    FORMER = auto()
    NEW = auto()
    FOREIGN = auto()
    """Somebody has changed it since."""


@dataclass(frozen=True)
class CutOver:
    """`say` gets a sentence for each step."""

    journals: CutOvers
    say: Say

    def apply(self, plan: Plan, now: datetime) -> Entry:
        """Raises CommandError if something fails. Then everything has been restored, or the message says what
        has not."""
        if plan.refusals:
            raise CommandError(plan.refusals[0], "Nothing was changed.")
        with self.journals.alone():
            self._refuse_unfinished()
            for server in plan.moved_kinds:
                run_command(server.commands.test, f"configuration test of {server.kind}")
            id_ = f"cut-{now:%Y%m%dT%H%M%S}-{uuid4().hex[:6]}"
            entry = self.journals.begun(id_, plan, _checks_of(plan))
            try:
                self._change(plan, entry)
            except BaseException as error:
                self._roll_back(entry, error)
                raise
            return self.journals.in_phase(entry, Phase.APPLIED)

    def undo(self, id_: str) -> Entry:
        """Restores what was there before. Raises CommandError; it can be repeated."""
        with self.journals.alone():
            entry = self.journals.read(id_)
            if entry.phase is Phase.UNDONE:
                raise CommandError(f"{id_} has been undone already.", "Nothing was changed.")
            return self._restored(entry)

    def _refuse_unfinished(self) -> None:
        for entry in self.journals.all():
            if entry.phase.is_unfinished:
                raise CommandError(
                    f"{entry.id} was interrupted.", f"First: certctl agent discover --undo {entry.id}"
                )

    def _change(self, plan: Plan, entry: Entry) -> None:
        for directory in plan.directories:
            _make(directory, plan)
        for change in plan.changes:
            _refuse_changed(change)
            put(PurePosixPath(change.path), change.after.content, change.after.marks)
            self.say(f"Wrote {change.path}.")
        self._load(entry.servers)
        self._verify(entry.checks)

    def _roll_back(self, entry: Entry, error: BaseException) -> None:
        """Raises CommandError with both reasons if the former state cannot be restored."""
        self.say(f"It failed, and is undone: {error}")
        try:
            self._restored(entry)
        except CommandError as second:
            raise CommandError(
                f"{error} Undoing it failed, too: {second.message}",
                f"Mend that, then: certctl agent discover --undo {entry.id}",
            ) from None

    def _restored(self, entry: Entry) -> Entry:
        for step in entry.steps:
            self._refuse_foreign(entry, step)
        entry = self.journals.in_phase(entry, Phase.UNDOING)
        for step in reversed(entry.steps):
            self._restore(entry, step)
        for directory in reversed(entry.directories):
            with suppress(OSError):  # it has files of the agent by now
                directory.rmdir()
        self._load(entry.servers)
        self._verify(entry.checks)
        return self.journals.in_phase(entry, Phase.UNDONE)

    def _refuse_foreign(self, entry: Entry, step: Step) -> None:
        """Raises CommandError for a configuration that somebody has edited since."""
        if step.role is Role.CONFIGURATION and self._state_of(entry, step) is Is.FOREIGN:
            blob = self.journals.path / entry.id / (step.blob or "")
            raise CommandError(
                f"{step.path} has been edited since the cut-over: nothing was changed.",
                f"Undo newer cut-overs of it first, or restore it by hand: its former content is {blob}.",
            )

    def _restore(self, entry: Entry, step: Step) -> None:
        if not step.path.parent.is_dir():
            return
        if self._state_of(entry, step) is Is.FOREIGN:
            return self.say(f"Left {step.path}, which has changed since.")
        former, path = self.journals.former(entry, step), PurePosixPath(step.path)
        if former is None:
            remove(path)
        else:
            put_back(path, former, LONGEST_FILE)
        self.say(f"{'Removed' if former is None else 'Restored'} {step.path}.")

    def _state_of(self, entry: Entry, step: Step) -> Is:
        if not step.path.parent.is_dir():
            return Is.FORMER if step.blob is None else Is.FOREIGN
        found, former = found_at(PurePosixPath(step.path), LONGEST_FILE), self.journals.former(entry, step)
        if found is not None and sha256(found.content).hexdigest() == step.digest:
            return Is.NEW
        is_former = (found.content if found else None) == (former.content if former else None)
        return Is.FORMER if is_former else Is.FOREIGN

    def _load(self, servers: Sequence[ServerCommands]) -> None:
        """Tests all configurations before the first reload."""
        for server in servers:
            run_command(server.test, f"configuration test of {server.kind}")
        for server in servers:
            run_command(server.reload, f"reload of {server.kind}")
            self.say(f"Reloaded {server.kind}.")

    def _verify(self, checks: Sequence[Check]) -> None:
        for check in checks:
            endpoint = Endpoint(check.host, check.port, check.server_name)
            if not endpoint.serves(check.fingerprint, _SECONDS_TO_SERVE):
                raise CommandError(
                    f"{check.host}:{check.port} does not serve {check.server_name} as it did before."
                )


def _checks_of(plan: Plan) -> list[Check]:
    """A check for each site whose certificate is served now."""
    checks = []
    for move in plan.moves:
        host, _, port = move.site.verify_address.rpartition(":")
        if host:
            check = Check(host.strip("[]"), int(port), move.site.server_name, move.site.looked.fingerprint)
            served = Endpoint(check.host, check.port, check.server_name).served()
            checks += [check] if served == check.fingerprint else []
    return checks


def _make(directory: Path, plan: Plan) -> None:
    """Makes a directory of the agent, or one above it that is root's. Raises CommandError."""
    is_agents = any(move.files[0].path.parent.is_relative_to(directory) for move in plan.moves)
    try:
        directory.mkdir(exist_ok=True)
        directory.chmod(_DIRECTORY_MODE if is_agents else _PARENT_MODE)
        if is_agents and plan.owner.ids:
            os.chown(directory, *plan.owner.ids)
    except OSError as error:
        raise CommandError(f"{directory} cannot be made: {error.strerror}.") from None


def _refuse_changed(change: Change) -> None:
    """Raises CommandError if the file is not what the plan has read."""
    if found_at(PurePosixPath(change.path), LONGEST_FILE) != change.before:
        raise CommandError(f"{change.path} has changed since the plan was made.")
