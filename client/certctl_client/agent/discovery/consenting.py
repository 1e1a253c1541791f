"""Adds to a consent file what the targets of a plan need, and keeps everything else in it."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.consent.file import parsed
from certctl_client.agent.consent.proposal import Wishes, proposal
from certctl_client.agent.discovery.placing import DEFAULT_COMMANDS, Move
from certctl_client.agent.discovery.sites import is_loopback

_KEYS = {
    "kinds": None,
    "directories": "any_directory",
    "commands": "any_command",
    "verify_addresses": "any_verify_address",
}
"""The arrays that a plan may add to, each with the switch that lifts its bound."""


def needed_for(moves: Iterable[Move]) -> Wishes:
    """What the consent file must allow for these targets."""
    targets = [move.target for move in moves]
    configs = [target["config"] for target in targets]
    addresses = [config["verify_address"] for config in configs if "verify_address" in config]
    commands = [
        config[name]
        for target in targets
        for config in [target["config"]]
        for name in ("test_command", "reload_command")
        if config.get(name) and list(config[name]) not in [list(each) for each in _included(target["type"])]
    ]
    return Wishes(
        kinds=_unique(target["type"] for target in targets),
        directories=_unique(str(Path(config["certificate_path"]).parent) for config in configs),
        commands=[json.loads(each) for each in _unique(json.dumps(each) for each in commands)],
        verify_addresses=_unique(_host_of(address) for address in addresses if not is_loopback(address)),
    )


def consent_with(needed: Wishes, present: bytes | None, path: Path) -> bytes:
    """The text of the consent file with the wishes. Raises ConfigurationError if the present file is
    invalid."""
    if present is None:
        return proposal(Wishes(), needed, path).encode()
    consent = parsed(present, path)
    text = present.decode()
    for name, switch in _KEYS.items():
        if switch is None or not getattr(consent, switch):
            text = _with_entries(text, name, _missing(name, needed, consent))
    parsed(text.encode(), path)
    return text.encode()


def _missing(name: str, needed: Wishes, consent: Consent) -> list[object]:
    present = [_plain(each) for each in getattr(consent, name)]
    wished = [_plain(each) for each in getattr(needed, name)]
    if name == "directories":
        return [each for each in wished if not any(Path(str(each)).is_relative_to(str(d)) for d in present)]
    return [each for each in wished if each not in present]


def _with_entries(text: str, name: str, entries: Sequence[object]) -> str:
    """Writes the entries behind the opening bracket of the array, or an array at the end."""
    if not entries:
        return text
    written = ", ".join(json.dumps(each, ensure_ascii=False) for each in entries)
    array = re.compile(rf"^({name}\s*=\s*\[)", re.MULTILINE)
    if array.search(text):
        return array.sub(lambda found: f"{found[1]}{written}, ", text, count=1)
    known = '"127.0.0.1", "::1", "localhost", ' if name == "verify_addresses" else ""
    return f"{text.rstrip()}\n{name} = [{known}{written}]\n"


def _plain(value: object) -> object:
    return list(value) if isinstance(value, list | tuple) else value


def _included(kind: str) -> tuple[Sequence[str], ...]:
    """The commands that the kind includes."""
    defaults: Mapping[str, tuple[Sequence[str], Sequence[str]]] = DEFAULT_COMMANDS
    return defaults.get(kind, ())


def _host_of(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
