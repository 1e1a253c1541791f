"""The state directory: the agent's identity and key, used by one process at a time.

Every file is written with mode 0600 under another name, synced and then renamed: a crash leaves the old
content or the new.
"""

import fcntl
import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import read_bounded, replace_file
from certctl_client.settings import checked_key, checked_url

DEFAULT_DIRECTORY = Path("/var/lib/certctl-agent")
_ENROLMENT, _KEY, _LOCK = "agent.json", "key.json", "lock"
_FILE_LIMIT = 1024 * 1024
_OTHERS = 0o077


@dataclass(frozen=True)
class Enrolment:
    """The agent's identity. `directories` and `commands` are of enrolments by earlier releases, and apply
    until there is a consent file. From then on `has_consent_file` is true, and without the file nothing is
    allowed: an earlier release refuses an enrolment with this field instead of allowing anything."""

    url: str
    agent_id: str
    name: str
    hostname: str
    directories: Sequence[str] = ()
    commands: Sequence[Sequence[str]] = ()
    has_consent_file: bool = False


@dataclass(frozen=True)
class AgentKey:
    """`previous` is the key that a rotation replaces, until the server has accepted the new one."""

    key: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    previous: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class State:
    """The state in `path`, a directory that exists and that only its owner may enter."""

    path: Path

    @property
    def certificates(self) -> Path:
        return self.path / "certificates"

    @property
    def deployments(self) -> Path:
        return self.path / "deployments"

    @property
    def is_enrolled(self) -> bool:
        return (self.path / _ENROLMENT).exists() and (self.path / _KEY).exists()

    def enrolment(self) -> Enrolment:
        """Raises ConfigurationError."""
        self._require_enrolment()
        values = read_json(self.path / _ENROLMENT)
        try:
            return Enrolment(**values | {"url": checked_url(values["url"])})
        except (TypeError, KeyError):
            raise _not_ours(self.path / _ENROLMENT) from None

    def keep_enrolment(self, enrolment: Enrolment, key: AgentKey) -> None:
        self.keep_key(key)
        write_json(self.path / _ENROLMENT, asdict(enrolment))

    def bind_to_consent_file(self, enrolment: Enrolment) -> None:
        write_json(self.path / _ENROLMENT, asdict(replace(enrolment, has_consent_file=True)))

    def key(self) -> AgentKey:
        """Raises ConfigurationError."""
        self._require_enrolment()
        values = read_json(self.path / _KEY)
        try:
            times = {name: datetime.fromisoformat(values[name]) for name in ("issued_at", "expires_at")}
            return AgentKey(**values | times | {"key": checked_key(values["key"])})
        except (TypeError, KeyError, ValueError):
            raise _not_ours(self.path / _KEY) from None

    def keep_key(self, key: AgentKey) -> None:
        times = {"issued_at": key.issued_at.isoformat(), "expires_at": key.expires_at.isoformat()}
        write_json(self.path / _KEY, asdict(key) | times)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Locks the directory. Raises CommandError if another agent runs. The kernel unlocks when a process
        dies."""
        descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(descriptor, self.path)
            yield
        finally:
            os.close(descriptor)

    def remove_unused(self) -> None:
        """Removes the directory if no agent was ever enrolled in it: it holds the lock alone."""
        if not {path.name for path in self.path.iterdir()} <= {_LOCK}:
            return
        (self.path / _LOCK).unlink(missing_ok=True)
        self.path.rmdir()

    def _require_enrolment(self) -> None:
        if not self.is_enrolled:
            raise _not_enrolled(self.path)


def open_state(path: Path) -> State:
    """Creates the directory, mode 0700. Raises ConfigurationError if others may read it."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = path.stat()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be made: {error.strerror}.") from None
    if stat.S_IMODE(status.st_mode) & _OTHERS:
        raise ConfigurationError(f"{path} holds keys and others may read it.", f"chmod 700 {path}")
    if status.st_uid != os.geteuid():
        raise ConfigurationError(f"{path} belongs to another user.", "Run the agent as its owner.")
    return State(path)


def existing_state(path: Path) -> State:
    """Opens an existing directory. Raises ConfigurationError if there is none, or if others may read it."""
    if not path.exists():
        raise _not_enrolled(path)
    return open_state(path)


def read_json(path: Path) -> dict[str, Any]:
    """Raises ConfigurationError."""
    try:
        values = json.loads(read_bounded(path, _FILE_LIMIT))
    except (ValueError, RecursionError):
        raise _not_ours(path) from None
    if not isinstance(values, dict):
        raise _not_ours(path)
    return values


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Raises CommandError."""
    replace_file(path, json.dumps(values, indent=1).encode() + b"\n", 0o600)


def make_private(directory: Path) -> Path:
    """Creates a directory and its parents below the state directory. Raises CommandError."""
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    try:
        for path in reversed(missing):  # `parents=True` would give those in between the umask's mode
            path.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{directory} cannot be made: {error.strerror}.") from None
    return directory


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CommandError(
            f"Another agent is running in {path}.", "Stop it first: systemctl stop certctl-agent"
        ) from None


def _not_enrolled(path: Path) -> ConfigurationError:
    return ConfigurationError(f"No agent is enrolled in {path}.", "Run `certctl agent enroll`.")


def _not_ours(path: Path) -> ConfigurationError:
    return ConfigurationError(
        f"{path} is not what the agent writes.", "Enroll the agent again, with --force."
    )
