"""What an agent's host allows, as the agent reports it, and what of a target that forbids.

The agent refuses on its own whatever its host does not allow; the check here only says so before a deployment
does. `tests/contract/client/test_consents.py` holds both to the same table of cases.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from certctl.domain.audit.events import facts
from certctl.domain.errors import FieldProblem

PATHS = ("certificate_path", "key_path", "chain_path")
_COMMANDS = ("test_command", "reload_command")
_ACCOUNTS = ("owner", "group")
_OWN_COMMANDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("NGINX", "test_command"): ("nginx", "-t", "-q"),
    ("NGINX", "reload_command"): ("systemctl", "reload", "nginx"),
    ("Apache", "test_command"): ("apachectl", "-t"),
    ("Apache", "reload_command"): ("systemctl", "reload", "apache2"),
    ("HAProxy", "test_command"): ("haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg"),
    ("HAProxy", "reload_command"): ("systemctl", "reload", "haproxy"),
}
"""Those that a kind runs without being told: they are allowed with the kind."""
_MOST_SHOWN = 5
_LONGEST_SHOWN = 80


class ConsentSource(StrEnum):
    """`Enrolment`: the host has no consent file yet; what its enrolment's flags allowed goes on."""

    FILE = "file"
    ENROLMENT = "enrolment"


@dataclass(frozen=True)
class Consent:
    """Only what is named is allowed, and everything of its sort with `any_...`."""

    source: ConsentSource = ConsentSource.FILE
    kinds: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()
    any_directory: bool = False
    commands: tuple[tuple[str, ...], ...] = ()
    any_command: bool = False
    owners: tuple[str, ...] = ()
    any_owner: bool = False
    verify_addresses: tuple[str, ...] = ()
    any_verify_address: bool = False

    @property
    def as_json(self) -> str:
        return json.dumps(facts(self), separators=(",", ":"), ensure_ascii=False)


def consent_of(text: str) -> Consent:
    """Of `as_json`. Keys of later releases are passed over."""
    stored = json.loads(text)
    known = {field.name: _frozen(stored[field.name]) for field in fields(Consent) if field.name in stored}
    return Consent(**known | {"source": ConsentSource(stored["source"])})


def forbidden_of(kind: str, config: Mapping[str, Any], consent: Consent) -> list[FieldProblem]:
    """What the host of a target's agent does not allow of it, by field; empty for a target that fits."""
    if kind not in consent.kinds:
        return [FieldProblem("type", _refused(f"{kind} targets", consent.kinds))]
    return [
        *_forbidden_paths(config, consent),
        *_forbidden_commands(kind, config, consent),
        *_forbidden_accounts(config, consent),
        *_forbidden_address(config, consent),
    ]


def _forbidden_paths(config: Mapping[str, Any], consent: Consent) -> Iterator[FieldProblem]:
    for name in PATHS:
        path = config.get(name)
        if consent.any_directory or not isinstance(path, str):
            continue
        if not any(PurePosixPath(path).is_relative_to(directory) for directory in consent.directories):
            yield FieldProblem(f"config.{name}", _refused("this directory", consent.directories))


def _forbidden_commands(kind: str, config: Mapping[str, Any], consent: Consent) -> Iterator[FieldProblem]:
    for name in _COMMANDS:
        command = tuple(config.get(name) or ())
        if consent.any_command or not command or command == _OWN_COMMANDS.get((kind, name)):
            continue
        if command not in consent.commands:
            allowed = [json.dumps(each, ensure_ascii=False) for each in consent.commands]
            yield FieldProblem(f"config.{name}", _refused("this command", allowed))


def _forbidden_accounts(config: Mapping[str, Any], consent: Consent) -> Iterator[FieldProblem]:
    for name in _ACCOUNTS:
        if config.get(name) and not consent.any_owner and config[name] not in consent.owners:
            yield FieldProblem(f"config.{name}", _refused(f"files of this {_noun(name)}", consent.owners))


def _forbidden_address(config: Mapping[str, Any], consent: Consent) -> Iterator[FieldProblem]:
    address = config.get("verify_address")
    if consent.any_verify_address or not isinstance(address, str):
        return
    if address.rpartition(":")[0].strip("[]") not in consent.verify_addresses:
        refusal = _refused("connections to this host", consent.verify_addresses)
        yield FieldProblem("config.verify_address", refusal)


def _noun(name: str) -> str:
    return "user" if name == "owner" else name


def _refused(what: str, allowed: Sequence[str]) -> str:
    shown = ", ".join(f"{each:.{_LONGEST_SHOWN}}" for each in allowed[:_MOST_SHOWN]) or "none"
    more = f" and {len(allowed) - _MOST_SHOWN} more" if len(allowed) > _MOST_SHOWN else ""
    return f"the agent's host does not allow {what}; it allows {shown}{more}"


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
