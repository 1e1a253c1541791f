"""`certctl issuers types` and `certctl targets types`: types that the server knows, with their settings."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from certctl_client.api.schema import ConfigSettingView, IssuerTypeView, TargetTypeView
from certctl_client.commands.options import Output
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

TypeName = Annotated[str | None, typer.Argument(metavar="TYPE", help="Show the settings of this one.")]
_TYPES: Mapping[str, Column] = {"TYPE": "type", "LABEL": "label", "HELP": "help"}


def _default(setting: Mapping[str, Any]) -> str | None:
    default = setting["default"]
    return default if default is None or isinstance(default, str) else json.dumps(default)


def _help(setting: Mapping[str, Any]) -> str:
    condition = setting["only_with"]
    only = f"Only with {condition['setting']}={condition['option']}." if condition else ""
    options = ", ".join(option["value"] for option in setting["options"])
    parts = (only, setting["help"] or setting["label"], options and f"One of {options}.")
    return " ".join(part for part in parts if part)


_SETTINGS: Mapping[str, Column] = {
    "SETTING": "name",
    "REQUIRED": lambda setting: "yes" if setting["required"] else "no",
    "DEFAULT": _default,
    "HELP": _help,
}


def show_issuer_types(type_name: TypeName = None, output: Output = Format.TABLE) -> None:
    """The types of issuers that this server knows; of one, its settings."""
    with open_stack() as stack:
        types = stack.related.issuer_types()
    _show(types, fields_of(IssuerTypeView), type_name, output)


def show_target_types(type_name: TypeName = None, output: Output = Format.TABLE) -> None:
    """The types of targets that this server knows; of one, its settings."""
    with open_stack() as stack:
        types = stack.related.target_types()
    _show(types, fields_of(TargetTypeView), type_name, output)


def _show(
    types: Sequence[IssuerTypeView] | Sequence[TargetTypeView],
    fields: Sequence[str],
    type_name: str | None,
    output: Format,
) -> None:
    if type_name is None:
        show(Listing(list(types), _TYPES, fields), output)
        return
    found = next((each for each in types if each["type"] == type_name), None)
    if found is None:
        known = ", ".join(each["type"] for each in types)
        raise ConfigurationError(f"The server knows no type {type_name}.", f"It knows {known}.")
    about = Detail({"type": found["type"], "label": found["label"], "help": found["help"]})
    settings = Listing(found["settings"], _SETTINGS, fields_of(ConfigSettingView))
    show(Sections(found, [(found["label"], about), ("Settings", settings)]), output)
