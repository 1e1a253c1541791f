"""The settings of a kind of channel, or of a type of issuer or target."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from certctl_client.errors import CommandError
from certctl_client.output.views import Column

SETTINGS_OF_ONE = "Show the settings of this one."


def found_by[Described: Mapping[str, Any]](key: str, name: str, known: Sequence[Described]) -> Described:
    """The description whose `key` (`kind` or `type`) is this name, in any case. Raises CommandError."""
    for each in known:
        if each[key].lower() == name.lower():
            return each
    names = ", ".join(each[key] for each in known)
    raise CommandError(f"The server knows no {key} {name}.", f"It knows {names}.")


def _default(setting: Mapping[str, Any]) -> str | None:
    default = setting["default"]
    return default if default is None or isinstance(default, str) else json.dumps(default)


def _help(setting: Mapping[str, Any]) -> str:
    condition = setting["only_with"]
    only = f"Only with {condition['setting']}={condition['option']}." if condition else ""
    options = ", ".join(map(_value, setting["options"]))
    text = setting["help"] or setting["label"]
    about = f"{text.removesuffix('.')}: {options}." if options else text
    return f"{only} {about}".strip()


def _value(option: str | Mapping[str, Any]) -> str:
    return option if isinstance(option, str) else option["value"]


SETTING_COLUMNS: Mapping[str, Column] = {
    "SETTING": "name",
    "FORM": "form",
    "REQUIRED": lambda setting: "yes" if setting["required"] else "no",
    "DEFAULT": _default,
    "HELP": _help,
}
