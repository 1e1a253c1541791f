"""Proposes a first consent file: for the servers installed on this host, and for further wishes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from certctl_client.agent.consent.file import parsed
from certctl_client.errors import CommandError
from certctl_client.files import keep_new

_FOR_ALL_TO_READ = 0o644


@dataclass(frozen=True)
class Wishes:
    """What to allow besides the servers that are found."""

    kinds: Sequence[str] = ()
    directories: Sequence[str] = ()
    commands: Sequence[Sequence[str]] = ()
    owners: Sequence[str] = ()
    verify_addresses: Sequence[str] = ()
    acm_arns: Sequence[str] = ()


@dataclass(frozen=True)
class _Server:
    """A web server, found by its configuration directory. `reload` if it is not the kind's own."""

    folder: str
    kind: str
    reload: Sequence[str] = field(default=())


_SERVERS = (
    _Server("nginx", "NGINX"),
    _Server("apache2", "Apache"),
    _Server("httpd", "Apache", ("systemctl", "reload", "httpd")),
    _Server("haproxy", "HAProxy"),
)


def found_on(etc: Path) -> Wishes:
    """Allows each web server a directory `tls` within its own, which its administrator creates."""
    found = [server for server in _SERVERS if (etc / server.folder).is_dir()]
    return Wishes(
        kinds=[server.kind for server in found],
        directories=[str(etc / server.folder / "tls") for server in found],
        commands=[server.reload for server in found if server.reload],
    )


def proposal(found: Wishes, requested: Wishes, path: Path) -> str:
    """The text of a file. Raises ConfigurationError if it would not be valid."""
    text = _TEMPLATE.format(
        kinds=_array(found.kinds, requested.kinds),
        directories=_array(found.directories, requested.directories),
        commands=_array(found.commands, requested.commands),
        owners=_array(found.owners, requested.owners),
        verify_addresses=_array(("127.0.0.1", "::1", "localhost"), requested.verify_addresses),
        acm_arns=_array(requested.acm_arns),
    )
    parsed(text.encode(), path)
    return text


def write_new(path: Path, text: str) -> None:
    """Writes a file that all may read, in a directory that only its owner may write. Raises CommandError,
    also if the file exists."""
    try:
        _make_directory(path.parent)
    except OSError as error:
        raise CommandError(f"{path.parent} cannot be made: {error.strerror}.", "Run it as root.") from None
    if not keep_new(path, text.encode(), _FOR_ALL_TO_READ):
        raise CommandError(f"{path} exists already: nothing was written.", "Edit it, as root.")


def _make_directory(directory: Path) -> None:
    if directory.exists():
        return
    directory.mkdir(parents=True)
    directory.chmod(0o755)


def _array(*lists: Sequence[object]) -> str:
    """Formats an array: JSON arrays of texts are valid TOML."""
    entries = list(dict.fromkeys(json.dumps(each, ensure_ascii=False) for each in chain(*lists)))
    if not entries:
        return "[]"
    lines = "".join(f"    {entry},\n" for entry in entries)
    return f"[\n{lines}]"


_TEMPLATE = """\
# What the certctl agent of this host may do for anyone who can edit its targets.
# What is not named here is refused before anything is touched. An edit applies from the next job on.
# This file must not be writable by the agent's user, unless that is root.

# NGINX, Apache, HAProxy, Files, ACM, CRLBundle. A kind includes its own test and reload commands;
# CRLBundle has none.
kinds = {kinds}

# Files are written below these only.
directories = {directories}

# Other commands, argument by argument: [["systemctl", "restart", "app"]]
commands = {commands}

# Users and groups that files may belong to, besides the agent's own.
owners = {owners}

# Hosts, without port, to which the agent connects to see which certificate is served.
verify_addresses = {verify_addresses}

# ARNs of certificates in ACM that the agent may replace.
# One that ends with ":certificate/*" allows all of its region and account, new ones too.
acm_arns = {acm_arns}

# any_directory, any_command, any_owner, any_verify_address, any_acm_arn = true lift a limit:
# anyone who may edit a target then has the power of the agent's user on this host.
"""
