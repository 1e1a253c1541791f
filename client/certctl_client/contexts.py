"""The configuration file: servers by name, each with URL and key, and the one in use.

    current = "prod"

    [contexts.prod]
    url = "https://certctl.example.com"
    api_key = "certctl_..."
    ca_cert = "/etc/ssl/corporate.pem"
    team = "t-web"
    domain = "example.com"

Files of earlier releases have `url` and `api_key` alone: they are read as the context `default`.
"""

import json
import os
import re
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from certctl_client.errors import ConfigurationError
from certctl_client.files import replace_file

DEFAULT = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", re.ASCII)
_FILE_LIMIT = 65536


@dataclass(frozen=True)
class Context:
    """A context as stored, not yet checked; a missing value is empty. `ca_cert` is the path of a PEM file.
    `team`, `profile` and `issuer` are ids that new certificates get, and `domain` completes their names."""

    url: str = ""
    api_key: str = field(default="", repr=False)
    ca_cert: str = ""
    team: str = ""
    profile: str = ""
    issuer: str = ""
    domain: str = ""


@dataclass(frozen=True)
class Contexts:
    """`current` is a name of `contexts`, or empty."""

    contexts: Mapping[str, Context] = field(default_factory=dict)
    current: str = ""

    def named(self, name: str) -> Context:
        """Raises ConfigurationError."""
        if name not in self.contexts:
            known = ", ".join(self.contexts) or "none"
            raise ConfigurationError(
                f"There is no context {name!r}.", f"Known: {known}. `certctl login --context {name}` adds it."
            )
        return self.contexts[name]

    def with_context(self, name: str, context: Context) -> "Contexts":
        """Adds a context, which becomes the current one. Raises ConfigurationError."""
        return Contexts({**self.contexts, checked_name(name): context}, name)

    def changed(self, name: str, **values: str) -> "Contexts":
        """Changes fields of a context. Raises ConfigurationError."""
        return replace(self, contexts={**self.contexts, name: replace(self.named(name), **values)})

    def without(self, name: str) -> "Contexts":
        """Raises ConfigurationError."""
        self.named(name)
        left = {other: context for other, context in self.contexts.items() if other != name}
        return Contexts(left, "" if self.current == name else self.current)

    def using(self, name: str) -> "Contexts":
        """Raises ConfigurationError."""
        self.named(name)
        return replace(self, current=name)


def checked_name(name: str) -> str:
    """Raises ConfigurationError."""
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is not a name for a context.", "Use letters, digits, dots, hyphens and underscores."
        )
    return name


def config_path(environment: Mapping[str, str]) -> Path:
    """`$CERTCTL_CONFIG`, else `certctl/config.toml` in `$XDG_CONFIG_HOME` or `~/.config`."""
    if chosen := environment.get("CERTCTL_CONFIG"):
        return Path(chosen).expanduser()
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "certctl" / "config.toml"


def load_contexts(environment: Mapping[str, str]) -> Contexts:
    """Raises ConfigurationError for a file that cannot be read, or that others may read."""
    return _contexts_of(_read(config_path(environment)))


def change_contexts(environment: Mapping[str, str], change: Callable[[Contexts], Contexts]) -> Path:
    """Writes the changed file (0600), or removes it with its last context; two commands at once wait for each
    other. Raises CommandError."""
    path = config_path(environment)
    with _locked(path):
        changed = change(load_contexts(environment))
        if changed.contexts:
            replace_file(path, _toml(changed).encode(), 0o600)
        else:
            path.unlink(missing_ok=True)
    return path


def _contexts_of(values: Mapping[str, Any]) -> Contexts:
    stored = values.get("contexts")
    if not isinstance(stored, dict):
        alone = _context_of(values)
        return Contexts({DEFAULT: alone}, DEFAULT) if alone != Context() else Contexts()
    contexts = {name: _context_of(each) for name, each in stored.items() if isinstance(each, dict)}
    current = values.get("current")
    return Contexts(contexts, current if isinstance(current, str) and current in contexts else "")


def _context_of(values: Mapping[str, Any]) -> Context:
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    return Context(**{each.name: texts.get(each.name, "") for each in fields(Context)})


def _toml(contexts: Contexts) -> str:
    """Names, URLs and keys are printable ASCII, and JSON escapes paths: such strings are valid TOML."""
    lines = [f"current = {json.dumps(contexts.current)}"] if contexts.current else []
    for name, context in contexts.contexts.items():
        lines += ["", f"[contexts.{json.dumps(name)}]"]
        lines += [
            f"{key} = {json.dumps(value, ensure_ascii=False)}"
            for key, value in vars(context).items()
            if value
        ]
    return "\n".join(lines).lstrip() + "\n"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds a lock beside the file, which itself is replaced."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path.parent} cannot be made: {error.strerror}.") from None
    if os.name != "posix":
        yield
        return
    from fcntl import LOCK_EX, flock

    try:
        descriptor = os.open(
            path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from None
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            _refuse_readable_by_others(os.fstat(file.fileno()), path)
            return tomllib.loads(file.read(_FILE_LIMIT).decode())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise ConfigurationError(f"{path} is not TOML.", "Correct or remove it.") from None


def _refuse_readable_by_others(status: os.stat_result, path: Path) -> None:
    if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
        raise ConfigurationError(f"{path} holds a key and others may read it.", f"chmod 600 {path}")
