"""Confirmation of actions that cannot be undone."""

import sys

import typer

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.plain_text import one_line


def confirm(question: str, is_agreed: bool) -> None:
    """Asks a person; a script must pass --yes. Raises CommandError."""
    if is_agreed:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "This cannot be undone, and there is no terminal to ask for confirmation.", "Add --yes."
        )
    if not typer.confirm(one_line(question), err=True):
        raise CommandError("Cancelled: nothing was changed.")
