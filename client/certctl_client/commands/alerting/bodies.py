"""Bodies of requests that create or change a channel: a file, or the record as read, with options applied."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from certctl_client.api.schema import ChannelKindView, ChannelSettingView, ChannelView, NewChannelBody
from certctl_client.catalog.bodies import read_record
from certctl_client.errors import ConfigurationError
from certctl_client.output import fields_of

_REFERENCE = re.compile(r"/?certctl/[^/\s]+/channels/[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_READ_ONLY = set(fields_of(ChannelView)) - set(fields_of(NewChannelBody)) - {"version"}

type Settings = dict[str, Any]


def record_in(file: Path | None) -> dict[str, Any]:
    """The fields that may be written, from a record as read or written by hand. Raises ConfigurationError."""
    record = read_record(file) if file else {}
    return {name: value for name, value in record.items() if name not in _READ_ONLY}


def with_settings(kind: ChannelKindView, before: Mapping[str, Any], texts: Sequence[str]) -> Settings:
    """The settings with each NAME=VALUE applied; NAME= removes one. Raises ConfigurationError for a name that
    the kind does not have, a secret in place of its name, and a required setting that is missing."""
    known = {setting["name"]: setting for setting in kind["settings"]}
    settings = dict(before)
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ConfigurationError("A setting has no value.", "Use --set NAME=VALUE.")
        settings[name] = _checked(_known(kind, known, name), value)
    kept = {name: value for name, value in settings.items() if value != ""}
    _require(kind, kept)
    return kept


def _known(kind: ChannelKindView, known: Mapping[str, ChannelSettingView], name: str) -> ChannelSettingView:
    if name not in known:
        raise ConfigurationError(
            f"{kind['kind']} has no setting {name!r}.",
            f"It has {', '.join(known)}: see `certctl channels kinds {kind['kind']}`.",
        )
    return known[name]


def _checked(setting: ChannelSettingView, value: str) -> str:
    """Checks a setting without repeating a secret. A URL that may be a secret is up to the server."""
    is_secret = setting["form"] == "secret"
    if value and is_secret and not _REFERENCE.fullmatch(value):
        raise ConfigurationError(
            f"{setting['name']} takes the name of a secret, never its value: "
            "an argument is visible in the list of processes and in the shell's history.",
            "Store the secret first: `make secret NAME=slack-ops` on the stack of `make run`, "
            "`aws secretsmanager create-secret --name certctl/STACK/channels/slack-ops` on AWS. Then use "
            f"--set {setting['name']}=NAME with the name that this prints.",
        )
    return value


def _require(kind: ChannelKindView, settings: Mapping[str, Any]) -> None:
    missing = [each["name"] for each in kind["settings"] if each["required"] and each["name"] not in settings]
    missing = [name for name in missing if _applies(kind, name, settings)]
    if missing:
        flags = " ".join(f"--set {name}=VALUE" for name in missing)
        raise ConfigurationError(
            f"{kind['kind']} needs {', '.join(missing)}.",
            f"Give {flags}; `certctl channels kinds {kind['kind']}` explains the settings.",
        )


def _applies(kind: ChannelKindView, name: str, settings: Mapping[str, Any]) -> bool:
    """Whether the setting is asked for at all: some belong to one option of another setting."""
    setting = next(each for each in kind["settings"] if each["name"] == name)
    condition = setting["only_with"]
    if condition is None:
        return True
    other = next(each for each in kind["settings"] if each["name"] == condition["setting"])
    return bool(settings.get(other["name"], other["default"]) == condition["option"])
