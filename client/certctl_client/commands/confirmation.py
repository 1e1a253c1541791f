"""Confirmation of actions that matter."""

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
            f"{one_line(question)} There is no terminal to ask.", "Add --yes if that is what you want."
        )
    if not typer.confirm(one_line(question), err=True):
        raise CommandError("Cancelled: nothing was changed.")
