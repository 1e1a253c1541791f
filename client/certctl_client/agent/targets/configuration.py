"""Reads fields of a target's configuration. Each function raises WorkRefused, which names the field."""

import grp
import os
import pwd
from collections.abc import Sequence
from pathlib import PurePosixPath

from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.base import Assignment
from certctl_client.agent.targets.handshake import Endpoint
from certctl_client.agent.targets.safe_files import checked_path

_SHORTEST_WAIT, _LONGEST_WAIT, _WAIT = 1, 120, 15


def path_in(assignment: Assignment, name: str) -> PurePosixPath:
    path = checked_path(assignment.config.get(name))
    assignment.consent.require_path(path)
    return path


def optional_path_in(assignment: Assignment, name: str) -> PurePosixPath | None:
    return path_in(assignment, name) if assignment.config.get(name) is not None else None


def command_in(assignment: Assignment, name: str, default: Sequence[str] = ()) -> Sequence[str]:
    """The configured command, else the kind's own, which the kind's consent includes; may be empty."""
    given = assignment.config.get(name)
    command = default if given is None else given
    if not isinstance(command, list | tuple) or not all(isinstance(part, str) for part in command):
        raise WorkRefused(f"{name} is not an array of arguments.")
    if command and not command[0]:
        raise WorkRefused(f"{name} names no program.")
    if command and list(command) != list(default):
        assignment.consent.require_command(command)
    return command


def switch_in(assignment: Assignment, name: str) -> bool:
    given = assignment.config.get(name)
    if given is not None and not isinstance(given, bool):
        raise WorkRefused(f"{name} is not true or false.")
    return bool(given)


def endpoint_in(assignment: Assignment) -> Endpoint:
    address = assignment.config.get("verify_address")
    host, _, port = address.rpartition(":") if isinstance(address, str) else ("", "", "")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) < 65536:
        raise WorkRefused("verify_address is not like 127.0.0.1:8443.")
    host = host.strip("[]")
    assignment.consent.require_verify_address(host)
    name = assignment.config.get("verify_server_name") or assignment.common_name
    # a wildcard certificate serves any name below it
    return Endpoint(host, int(port), str(name).replace("*", "certctl", 1))


def seconds_to_verify_in(assignment: Assignment) -> float:
    given = assignment.config.get("verify_timeout_seconds")
    seconds = _WAIT if given is None else given
    if not isinstance(seconds, int | float) or not _SHORTEST_WAIT <= seconds <= _LONGEST_WAIT:
        raise WorkRefused(f"verify_timeout_seconds is not between {_SHORTEST_WAIT} and {_LONGEST_WAIT}.")
    return float(seconds)


def owner_in(assignment: Assignment) -> int | None:
    name = assignment.config.get("owner")
    if not name:
        return None
    try:
        uid = pwd.getpwnam(str(name)).pw_uid
    except KeyError:
        raise WorkRefused(f"This host has no user {name!r}.") from None
    if uid != os.geteuid():
        assignment.consent.require_owner(str(name))
    return uid


def group_in(assignment: Assignment) -> int | None:
    name = assignment.config.get("group")
    if not name:
        return None
    try:
        gid = grp.getgrnam(str(name)).gr_gid
    except KeyError:
        raise WorkRefused(f"This host has no group {name!r}.") from None
    if gid != os.getegid():
        assignment.consent.require_owner(str(name))
    return gid


def user_named(uid: int) -> str:
    """The name of a user, or the number of a user without a name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_named(gid: int) -> str:
    """The name of a group, or the number of one that has no name."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
