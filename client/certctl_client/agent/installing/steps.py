"""The steps of `install`. Each finds out whether it is needed, so a second run changes nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.installing.host import Host
from certctl_client.agent.installing.unit import MARK, RULE_MARK, USER, reloadable, rule_text, unit_text
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import replace_file

UNIT = "/etc/systemd/system/certctl-agent.service"
RULE = "/etc/polkit-1/rules.d/50-certctl-agent.rules"
SERVICE = "certctl-agent.service"
_STATE = "/var/lib/certctl-agent"


@dataclass(frozen=True)
class Step:
    """`what` it does, in words. `act` is None if there is nothing to do, and then `what` says why."""

    what: str
    act: Callable[[], None] | None = None

    @property
    def is_needed(self) -> bool:
        return self.act is not None


@dataclass(frozen=True)
class Installation:
    """`program` starts the agent, `consent` is what this host allows; `is_forced` replaces any file."""

    host: Host
    program: Sequence[str]
    consent: Consent
    is_forced: bool = False

    def steps(self, is_enabled: bool) -> Iterator[Step]:
        """The steps in order; each looks at the host when it is reached. Raises ConfigurationError for a file
        that `install` did not write."""
        yield self._user()
        yield self._directory(_STATE, 0o700)
        for directory in self.consent.directories:
            yield self._directory(directory, 0o750)
        unit = self._file(UNIT, unit_text(self.program, self.consent.directories), MARK)
        yield unit
        if reloadable(self.consent):
            yield self._rule()
        if unit.is_needed:
            yield self._systemctl("read the unit", "daemon-reload")
            yield self._systemctl("restart the agent if it runs", "try-restart", SERVICE)
        if is_enabled:
            yield self._enabling()

    def _user(self) -> Step:
        if self.host.user_id() is not None:
            return Step(f"the user {USER} exists")
        command = ["useradd", "--system", "--home-dir", _STATE, "--shell", "/usr/sbin/nologin", USER]
        return Step(f"create the system user {USER}", lambda: self.host.command(command))

    def _directory(self, name: str, mode: int) -> Step:
        path = self.host.at(name)
        if path.is_dir():
            return self._owned(name, path)
        if not path.parent.is_dir() and name != _STATE:
            return Step(f"{name} is not created: {Path(name).parent} does not exist")
        return Step(f"create {name} for {USER}, mode {mode:04o}", lambda: self._make(path, mode))

    def _owned(self, name: str, path: Path) -> Step:
        """Never takes a directory away from its owner: other programs may use it."""
        ids = self.host.user_id()
        if ids is not None and path.stat().st_uid == ids[0]:
            return Step(f"{name} belongs to {USER}")
        return Step(f"{name} belongs to another user: if targets write there, chown {USER} {name}")

    def _make(self, path: Path, mode: int) -> None:
        ids = self.host.user_id()
        if ids is None:
            raise CommandError(f"The user {USER} was not created.")
        try:
            path.mkdir(mode=mode, parents=True)
            path.chmod(mode)
            os.chown(path, *ids)
        except OSError as error:
            raise CommandError(f"{path} cannot be made: {error.strerror}.") from None

    def _rule(self) -> Step:
        if not self.host.at(RULE).parent.is_dir():
            return Step("no polkit here: a reload by systemctl needs it, or an agent that runs as root")
        return self._file(RULE, rule_text(reloadable(self.consent)), RULE_MARK)

    def _file(self, name: str, text: str, mark: str) -> Step:
        path = self.host.at(name)
        present = path.read_text(encoding="utf-8") if path.exists() else None
        if present == text:
            return Step(f"{name} is as it should be")
        if present is not None and not present.startswith(mark) and not self.is_forced:
            raise ConfigurationError(
                f"{name} was not written by install.", "Compare it with --dry-run, then use --force."
            )
        verb = "write" if present is None else "replace"
        return Step(f"{verb} {name}", lambda: replace_file(path, text.encode(), 0o644))

    def _systemctl(self, what: str, *words: str) -> Step:
        if not self.host.has_systemd:
            return Step(f"systemd does not run here: `systemctl {' '.join(words)}` is left to you")
        return Step(f"{what}: systemctl {' '.join(words)}", lambda: self.host.command(["systemctl", *words]))

    def _enabling(self) -> Step:
        if not self.host.at(f"{_STATE}/agent.json").exists():
            return self._systemctl("start at boot (not now: no agent is enrolled)", "enable", SERVICE)
        return self._systemctl("start now and at boot", "enable", "--now", SERVICE)
