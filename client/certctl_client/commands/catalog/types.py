"""`certctl issuers types` and `certctl targets types`: types that the server knows, with their settings."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from certctl_client.api.schema import ConfigSettingView, IssuerTypeView, TargetTypeView
from certctl_client.commands.options import Output
from certctl_client.commands.setting_tables import SETTING_COLUMNS, SETTINGS_OF_ONE, found_by
from certctl_client.output import Detail, Format, Listing, Sections, fields_of, show
from certctl_client.output.views import Column
from certctl_client.session import open_stack

TypeName = Annotated[str | None, typer.Argument(metavar="TYPE", help=SETTINGS_OF_ONE)]
_TYPES: Mapping[str, Column] = {"TYPE": "type", "LABEL": "label", "HELP": "help"}


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
        show(Listing(list(types), _TYPES, fields, "type"), output)
        return
    found = found_by("type", type_name, types)
    about = Detail({"type": found["type"], "label": found["label"], "help": found["help"]})
    settings = Listing(found["settings"], SETTING_COLUMNS, fields_of(ConfigSettingView))
    show(Sections(found, [(found["label"], about), ("Settings", settings)], "type"), output)
