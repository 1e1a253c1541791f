"""`certctl help`: the help of a command."""

from typing import Annotated

import typer
from typer.core import TyperGroup


def help_on(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="For example certs revoke.")
    ] = None,
) -> None:
    """Show the help of a command: `certctl help certs revoke`."""
    found = context.find_root()
    for word in words or ():
        if not isinstance(found.command, TyperGroup):
            found.fail(f"{found.command_path} has no command {word!r}.")
        name, command, _ = found.command.resolve_command(found, [word])
        if command is None:
            return
        found = typer.Context(command, info_name=name, parent=found)
    typer.echo(found.command.get_help(found))
