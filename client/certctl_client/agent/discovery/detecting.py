"""The servers to look at: those installed here, or those that the caller names with their commands."""

import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from certctl_client.agent.discovery import apache, haproxy, nginx
from certctl_client.agent.discovery.findings import Commands, Server
from certctl_client.agent.discovery.placing import DEFAULT_COMMANDS
from certctl_client.errors import CommandError, ConfigurationError

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HAPROXY = Path("/etc/haproxy/haproxy.cfg")
_READERS: Mapping[str, Callable[[Commands], Server]] = {
    "NGINX": nginx.server_of,
    "Apache": apache.server_of,
    "HAProxy": haproxy.server_of,
}


def commands_of(bases: Sequence[str], reloads: Sequence[str]) -> dict[str, Commands]:
    """Commands by kind. `bases` and `reloads` are texts like `NGINX=nginx -c FILE`; without `bases` they
    are those of the installed servers. Raises ConfigurationError."""
    given = dict(map(_assigned, bases)) or dict(_installed())
    other = dict(map(_assigned, reloads))
    return {kind: _commands(kind, base, other.get(kind)) for kind, base in given.items()}


def servers_of(commands: Mapping[str, Commands]) -> list[Server]:
    """Servers with their virtual hosts. The reason why a configuration cannot be read is a problem."""
    return [_read(kind, each) for kind, each in commands.items()]


def _read(kind: str, commands: Commands) -> Server:
    try:
        return _READERS[kind](commands)
    except CommandError as error:
        return Server(kind, commands, Path("/"), problems=[error.message])


def _installed() -> Iterator[tuple[str, Sequence[str]]]:
    if shutil.which("nginx", path=_PATH):
        yield "NGINX", ["nginx"]
    if shutil.which("apachectl", path=_PATH):
        yield "Apache", ["apachectl"]
    if shutil.which("haproxy", path=_PATH) and _HAPROXY.is_file():
        yield "HAProxy", ["haproxy", "-f", str(_HAPROXY)]


def _assigned(text: str) -> tuple[str, Sequence[str]]:
    kind, _, command = text.partition("=")
    if kind not in _READERS:
        raise ConfigurationError(
            f"{kind!r} is no server that discover knows.", f"Known: {', '.join(_READERS)}."
        )
    try:
        words = shlex.split(command)
    except ValueError:
        raise ConfigurationError(f"{command!r} is not a command.") from None
    if not words:
        raise ConfigurationError(f"{text!r} names no command.", f'Like this: "{kind}=PROGRAM ARGUMENTS".')
    return kind, words


def _commands(kind: str, base: Sequence[str], reload: Sequence[str] | None) -> Commands:
    if kind == "HAProxy":
        test = [base[0], "-c", "-q", *base[1:]]
    else:
        test = [*base, "-t", "-q"] if kind == "NGINX" else [*base, "-t"]
    return Commands(base, test, reload or _usual_reload(kind))


def _usual_reload(kind: str) -> Sequence[str]:
    """Apache's unit has the name of its package."""
    if kind == "Apache" and Path("/etc/httpd").is_dir() and not Path("/etc/apache2").is_dir():
        return ("systemctl", "reload", "httpd")
    return DEFAULT_COMMANDS[kind][1]
