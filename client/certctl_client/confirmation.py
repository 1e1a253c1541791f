"""Before what cannot be undone."""

import sys

import typer

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.plain_text import one_line


def confirm(question: str, is_agreed: bool) -> None:
    """Asks a person; a script has to say --yes. Raises CommandError."""
    if is_agreed:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError("This cannot be undone, and nobody is there to ask.", "Add --yes.")
    if not typer.confirm(one_line(question), err=True):
        raise CommandError("Nothing was done.")
