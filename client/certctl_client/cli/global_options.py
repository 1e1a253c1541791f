"""Options that stand before or after any command. Each sets the environment variable that it stands for."""

import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.cli import completion
from certctl_client.errors import ConfigurationError
from certctl_client.output.formats import Format
from certctl_client.output.selection import choose_fields, choose_program
from certctl_client.settings import (
    CA_VARIABLE,
    CONTEXT_VARIABLE,
    DEBUG_VARIABLE,
    KEY_VARIABLE,
    OUTPUT_VARIABLE,
    URL_VARIABLE,
)
from certctl_client.version import show_version

VARIABLES = (CA_VARIABLE, CONTEXT_VARIABLE, DEBUG_VARIABLE, KEY_VARIABLE, OUTPUT_VARIABLE, URL_VARIABLE)
# `-o` follows a command by its own option
_AFTER_A_COMMAND = ("context", "url", "ca_cert", "debug")
_OF_A_RESULT = ("json_fields", "jq_expression")
_PRINTS = {"--output", "--paginate"}
"""Options of the commands that print a result."""


def _sets(variable: str) -> Callable[[Any], Any]:
    def set_variable(value: Any) -> Any:
        if value:
            os.environ[variable] = "1" if value is True else str(value)
        return value

    return set_variable


def _selects(choose: Callable[[str | None], None]) -> Callable[[str | None], str | None]:
    def select(value: str | None) -> str | None:
        choose(value)
        return value

    return select


def _choose_context(name: str | None) -> str | None:
    """Chooses a context, whose URL and key replace those of the environment."""
    if name:
        os.environ[CONTEXT_VARIABLE] = name
        for variable in (URL_VARIABLE, KEY_VARIABLE):
            os.environ.pop(variable, None)
    return name


def before_a_command(
    context: Annotated[
        str | None,
        typer.Option(
            callback=_choose_context,
            autocompletion=completion.completed_contexts,
            help=f"Use server and key of this context (`certctl context list`) [env: {CONTEXT_VARIABLE}]",
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            callback=_sets(URL_VARIABLE),
            help=f"Use this server, with the key that is stored for it [env: {URL_VARIABLE}]",
        ),
    ] = None,
    ca_cert: Annotated[
        Path | None,
        typer.Option(
            callback=_sets(CA_VARIABLE),
            dir_okay=False,
            help=f"PEM file of a private CA to trust for the server [env: {CA_VARIABLE}]",
        ),
    ] = None,
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            callback=_sets(DEBUG_VARIABLE),
            help=f"Show each request: status, time, request id [env: {DEBUG_VARIABLE}]",
        ),
    ] = False,
    output: Annotated[
        Format | None,
        typer.Option(
            "--output",
            "-o",
            callback=_sets(OUTPUT_VARIABLE),
            help=f"Format of the result [env: {OUTPUT_VARIABLE}]",
        ),
    ] = None,
    json_fields: Annotated[
        str | None,
        typer.Option(
            "--json",
            metavar="FIELDS",
            callback=_selects(choose_fields),
            help="Print only these fields, in JSON: id,name,expires_at.",
        ),
    ] = None,
    jq_expression: Annotated[
        str | None,
        typer.Option(
            "--jq",
            metavar="EXPRESSION",
            callback=_selects(choose_program),
            help="Print what this jq expression makes of the result: '.[].id'.",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
    show_completion: Annotated[
        bool,
        typer.Option(
            completion.SHOW,
            callback=completion.alone,
            help="Print the completion script of bash, zsh or fish: name it, or this shell's is taken.",
        ),
    ] = False,
    install_completion: Annotated[
        bool,
        typer.Option(completion.INSTALL, callback=completion.alone, help="Install it."),
    ] = False,
) -> None:
    """Options that stand before a command; the first five may also follow it."""
    if context and url:
        raise ConfigurationError("--context and --url exclude each other.", "Give one of them.")


def with_global_options(command: Any, root: Any) -> Any:
    """The command, and those of a group, with the options of `root` that they do not define themselves."""
    for each in getattr(command, "commands", {}).values():
        with_global_options(each, root)
    if not hasattr(command, "commands"):
        taken = {option for param in command.params for option in param.opts}
        options = [option for option in root.params if not taken & set(option.opts)]
        command.params += [_own(each, True) for each in options if each.name in _AFTER_A_COMMAND]
        if _PRINTS & taken:
            command.params += [_own(each, False) for each in options if each.name in _OF_A_RESULT]
    return command


def _own(option: Any, is_hidden: bool) -> Any:
    own = copy.copy(option)
    own.hidden, own.expose_value = is_hidden, False
    return own
