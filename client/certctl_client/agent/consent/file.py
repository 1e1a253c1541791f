"""The consent file: TOML that someone other than the agent maintains, read strictly.

An unknown key, a malformed value, or a file that the agent could have written itself is an error, and then
nothing is allowed.
"""

import json
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from certctl_client.agent.consent.consent import KINDS, LOOPBACK, Consent
from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.safe_files import checked_path
from certctl_client.errors import ConfigurationError

DEFAULT_PATH = Path("/etc/certctl-agent/consent.toml")
_FILE_LIMIT = 64 * 1024
_MAX_REPORT_BYTES = 16 * 1024
# The server takes 64 with the agent's own user and group, which need no consent.
_MOST_OWNERS = 62
_MOST_ENTRIES, _MOST_WORDS, _LONGEST, _LONGEST_DIRECTORY = 64, 16, 256, 1024
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_ACM_ARN = re.compile(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/([0-9a-f-]{36}|\*)")
_ADVICE = "Correct it, and look with `certctl agent consent check`."


@dataclass(frozen=True)
class ConsentFile:
    """`is_trusted_anyway` accepts a file that the agent's own user may write, for a trial without root."""

    path: Path = DEFAULT_PATH
    is_trusted_anyway: bool = False

    def read(self) -> Consent | None:
        """Reads the file. Returns None if the file does not exist. Raises ConfigurationError."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigurationError(f"{self.path} cannot be read: {error.strerror}.") from None
        try:
            self._refuse_writable(os.fstat(descriptor))
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return parsed(file.read(_FILE_LIMIT + 1), self.path)
        finally:
            os.close(descriptor)

    def required(self) -> Consent:
        """Reads the file. Raises ConfigurationError, also if the file does not exist."""
        consent = self.read()
        if consent is None:
            raise ConfigurationError(
                f"There is no consent file {self.path}: it must define what the agent may do.",
                "As root: certctl agent consent init --write. Then read what it allows.",
            )
        return consent

    def _refuse_writable(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise ConfigurationError(f"{self.path} is not a file.")
        if self.is_trusted_anyway:
            return
        _refuse(self.path, status)
        for directory in dict.fromkeys([self.path.absolute().parent, *self.path.resolve().parents]):
            _refuse(directory, directory.stat())


def _refuse(path: Path, status: os.stat_result) -> None:
    """Refuses writable files and directories: who may write a directory may replace its files, unless it is
    sticky (/tmp)."""
    is_sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
    if status.st_mode & _WRITABLE_BY_OTHERS and not is_sticky:
        raise ConfigurationError(
            f"{path} is writable by its group or by everybody, who could then give the consent.",
            f"chmod go-w {path}",
        )
    agent = os.geteuid()
    if agent == 0 and status.st_uid != 0:
        raise ConfigurationError(
            f"{path} does not belong to root, and the agent runs as root.", f"chown root {path}"
        )
    if agent != 0 and status.st_uid == agent:
        raise ConfigurationError(
            f"{path} belongs to the agent's own user, which could allow itself anything.",
            f"chown root {path}",
        )


def parsed(content: bytes, path: Path) -> Consent:
    """Parses a consent file. Raises ConfigurationError, which names the key and the values it may have."""
    if len(content) > _FILE_LIMIT:
        raise ConfigurationError(f"{path} has more than {_FILE_LIMIT} bytes.")
    try:
        values = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}", _ADVICE) from None
    try:
        return _consent(values)
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}", _ADVICE) from None


def _consent(values: Mapping[str, Any]) -> Consent:
    if unknown := sorted(values.keys() - _READ.keys()):
        raise ValueError(f"{unknown[0]!r} is not known: the keys are {', '.join(_READ)}.")
    given = {"verify_addresses": list(LOOPBACK), **values}
    consent = Consent(**{name: _READ[name](name, value) for name, value in given.items()})
    if len(json.dumps(consent.as_wire).encode()) > _MAX_REPORT_BYTES:
        raise ValueError(
            f"it is more than the {_MAX_REPORT_BYTES} bytes of JSON that the control plane takes."
        )
    return consent


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false.")
    return value


def _kinds(name: str, value: Any) -> Sequence[str]:
    kinds = list(_texts(name, value, _LONGEST))
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise ValueError(f"{name} may hold {', '.join(KINDS)}, not {unknown[0]!r}.")
    return kinds


def _directories(name: str, value: Any) -> Sequence[str]:
    directories = list(_texts(name, value, _LONGEST_DIRECTORY))
    for directory in directories:
        try:
            checked_path(directory)
        except WorkRefused:
            problem = f"{directory!r} must be an absolute path without `..`, doubled or trailing slashes"
            raise ValueError(f"{name}: {problem}. For all directories: any_directory = true.") from None
    return directories


def _commands(name: str, value: Any) -> Sequence[Sequence[str]]:
    commands = [list(_texts(name, words, _LONGEST, _MOST_WORDS)) for words in _entries(name, value)]
    if [] in commands:
        raise ValueError(f"{name}: a command is a program and its arguments, not [].")
    return commands


def _names(name: str, value: Any) -> Sequence[str]:
    return list(_texts(name, value, _LONGEST, _MOST_OWNERS))


def _addresses(name: str, value: Any) -> Sequence[str]:
    addresses = list(_texts(name, value, _LONGEST))
    for address in addresses:
        if "[" in address or "/" in address or address.count(":") == 1:
            raise ValueError(f"{name}: {address!r} must be a host or an IP address, without a port.")
    return addresses


def _arns(name: str, value: Any) -> Sequence[str]:
    arns = list(_texts(name, value, _LONGEST))
    if wrong := [arn for arn in arns if not _ACM_ARN.fullmatch(arn)]:
        allowed = "arn:aws:acm:REGION:ACCOUNT:certificate/ID, or /* for all of a region and account"
        raise ValueError(f"{name}: {wrong[0]!r} must be like {allowed}.")
    return arns


_READ: Mapping[str, Callable[[str, Any], Any]] = {
    "kinds": _kinds,
    "directories": _directories,
    "any_directory": _switch,
    "commands": _commands,
    "any_command": _switch,
    "owners": _names,
    "any_owner": _switch,
    "verify_addresses": _addresses,
    "any_verify_address": _switch,
    "acm_arns": _arns,
    "any_acm_arn": _switch,
}


def _entries(name: str, value: Any, most: int = _MOST_ENTRIES) -> list[Any]:
    if not isinstance(value, list):
        of_what = "of programs with their arguments" if name == "commands" else "of texts"
        raise ValueError(f"{name} must be an array {of_what}.")
    if len(value) > most:
        raise ValueError(f"{name} may hold {most} entries at most.")
    return value


def _texts(name: str, value: Any, longest: int, most: int = _MOST_ENTRIES) -> Iterator[str]:
    for text in _entries(name, value, most):
        if not isinstance(text, str) or not text or len(text) > longest or not text.isprintable():
            raise ValueError(f"{name}: {text!r} must be a text of 1 to {longest} printable characters.")
        yield text
