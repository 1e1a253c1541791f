"""The version of this program."""

import typer

from certctl_client import __version__


def show_version(is_wanted: bool) -> None:
    """Shows the version and ends the command, for `--version`."""
    if is_wanted:
        version()
        raise typer.Exit


def version() -> None:
    """Show the version."""
    typer.echo(f"certctl {__version__}")
