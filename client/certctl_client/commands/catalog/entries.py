"""`certctl issuers`, `targets` and the other kinds of the catalog: a group of commands for each kind, made
from its row in `catalog/kinds.py`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints
from uuid import uuid4

import typer

from certctl_client.catalog.bodies import edited_body, new_body
from certctl_client.catalog.changes import deleted, edited
from certctl_client.catalog.fields import Field
from certctl_client.catalog.kind import Kind
from certctl_client.cli.ids import completed_ids
from certctl_client.cli.lazy import Made, lazy_group
from certctl_client.commands.confirmation import confirm
from certctl_client.commands.listing import Shown, ShownRecord, a_list, a_record
from certctl_client.commands.options import Output, Yes, given
from certctl_client.commands.signatures import REQUIRED, Options, signed
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, fields_of, say, show
from certctl_client.plain_text import with_article
from certctl_client.session import open_stack

FromFile = Annotated[
    Path | None,
    typer.Option("--from-file", help="The record in JSON or YAML; - is standard input. Options override it."),
]
_FILTERS = {
    "name": Field("name", "The beginning of the name."),
    "type": Field("type", "Only this type."),
    "team_id": Field("team_id", "Id of a team.", "--team"),
    "agent_id": Field("agent_id", "Id of an agent.", "--agent"),
    "service_account_id": Field("service_account_id", "Id of a service account.", "--account"),
    "written_by": Field("written_by", "Id of a user who wrote it."),
    "status": Field("status", "Only this status."),
    "enrolled_by": Field("enrolled_by", "Id of a key that enrolled it, by itself or by a bootstrap token."),
}
_PAGING = frozenset({"per_page", "cursor"})
_NEW_ID = Field("id", "Cannot be changed later; default: generated.")


def group(kind: Kind) -> typer.Typer:
    """The commands that every kind has."""
    return _app(kind, _common(kind))


def whole_group(kind: Kind) -> typer.Typer:
    """The commands of a kind whose records are created and deleted like all others; agents are not."""
    further = {
        "create": Made(lambda: _create_command(kind), _about_create(kind)),
        "delete": Made(lambda: _delete_command(kind), _about_delete(kind)),
    }
    return _app(kind, {**_common(kind), **further})


def _app(kind: Kind, commands: Mapping[str, Made]) -> typer.Typer:
    return typer.Typer(cls=lazy_group(commands), help=kind.about, no_args_is_help=True)


def _common(kind: Kind) -> Mapping[str, Made]:
    return {
        "list": Made(lambda: _list_command(kind), _about_list(kind)),
        "get": Made(lambda: _get_command(kind), _about_get(kind)),
        "edit": Made(lambda: _edit_command(kind), _about_edit(kind)),
    }


def _about_list(kind: Kind) -> str:
    return f"{kind.path.replace('-', ' ').capitalize()} by id; with --name by name."


def _about_get(kind: Kind) -> str:
    return f"One {kind.one}."


def _about_create(kind: Kind) -> str:
    return f"Create {with_article(kind.one)}."


def _about_edit(kind: Kind) -> str:
    one = with_article(kind.one)
    return f"Change {one}. Options change single fields; a file replaces the whole record."


def _about_delete(kind: Kind) -> str:
    return f"Delete {with_article(kind.one)} that is not in use."


def id_argument(kind: Kind) -> Any:
    about = f"As `certctl {kind.path} list` shows it."
    return typer.Argument(metavar="ID", help=about, autocompletion=completed_ids(kind.path))


def _list_command(kind: Kind) -> Callable[..., None]:
    def list_entries(shown: Shown, **filters: Any) -> None:
        query = {**given(**filters), "per_page": shown.per_page}
        fields = fields_of(kind.operations.record)
        with open_stack() as stack:
            shown.present(lambda: stack.catalog(kind.path).all(query), kind.columns, fields)

    hints = get_type_hints(kind.operations.list.query)
    own = {field.name: field.kind for field in kind.fields}
    filters = [replace(_FILTERS[n], kind=own.get(n)) for n in hints if n not in _PAGING]
    list_entries.__doc__ = _about_list(kind)
    return a_list(signed(list_entries, {"shown": (Shown, REQUIRED), **_options(filters, hints)}))


def _get_command(kind: Kind) -> Callable[..., None]:
    def get_entry(shown: ShownRecord, entry_id: str) -> None:
        with open_stack() as stack:
            catalog = stack.catalog(kind.path)
            shown.present(lambda: Detail(catalog.get(entry_id)))

    get_entry.__doc__ = _about_get(kind)
    own = {"shown": (ShownRecord, REQUIRED), "entry_id": (Annotated[str, id_argument(kind)], REQUIRED)}
    return a_record(signed(get_entry, own))


def _create_command(kind: Kind) -> Callable[..., None]:
    def create_entry(from_file: Path | None, output: Format, **typed: Any) -> None:
        body = new_body(kind, from_file, given(**typed))
        with open_stack() as stack:
            show(Detail(stack.catalog(kind.path).create(body, str(uuid4()))), output)

    create_entry.__doc__ = _about_create(kind)
    return signed(create_entry, new_options(kind))


def _edit_command(kind: Kind) -> Callable[..., None]:
    def edit_entry(entry_id: str, from_file: Path | None, output: Format, **typed: Any) -> None:
        options = given(**typed)
        if not options and from_file is None:
            raise ConfigurationError("There is nothing to change.", "Give an option, or --from-file.")
        with open_stack() as stack:
            catalog = stack.catalog(kind.path)
            body, version = edited_body(kind, catalog.get(entry_id), from_file, options)
            show(Detail(edited(catalog, kind, entry_id, body, version)), output)

    refused = "Refused if the record has changed since it was read, or since the file's `version`."
    edit_entry.__doc__ = f"{_about_edit(kind)}\n\n{refused}"
    return signed(
        edit_entry,
        {"entry_id": (Annotated[str, id_argument(kind)], REQUIRED), **_body_options(kind, kind.fields)},
    )


def _delete_command(kind: Kind) -> Callable[..., None]:
    def delete_entry(entry_id: str, yes: bool) -> None:
        with open_stack() as stack:
            catalog = stack.catalog(kind.path)
            record = catalog.get(entry_id)
            confirm(f"Delete the {kind.one} {entry_id} ({record['name']})?", yes)
            deleted(catalog, kind, record)
        say(f"The {kind.one} {entry_id} was deleted.")

    delete_entry.__doc__ = _about_delete(kind)
    return signed(
        delete_entry, {"entry_id": (Annotated[str, id_argument(kind)], REQUIRED), "yes": (Yes, False)}
    )


def new_options(kind: Kind) -> Options:
    return _body_options(kind, [*kind.fields, _NEW_ID])


def _body_options(kind: Kind, fields: Iterable[Field]) -> Options:
    hints = get_type_hints(kind.operations.body)
    return {
        **_options(fields, hints),
        "from_file": (FromFile, None),
        "output": (Output, Format.TABLE),
    }


def _options(fields: Iterable[Field], hints: Mapping[str, Any]) -> Options:
    return {field.name: (_option(field, field.kind or _typed(hints[field.name])), None) for field in fields}


def _option(field: Field, kind: Any) -> Any:
    names_both = kind is not bool or "/" in field.option
    flag = field.option if names_both else f"{field.option}/--no-{field.option[2:]}"
    return Annotated[kind | None, typer.Option(flag, help=field.help)]


def _typed(kind: Any) -> Any:
    """The type without null, which no option can be."""
    parts = get_args(kind)
    return next(part for part in parts if part is not type(None)) if type(None) in parts else kind
