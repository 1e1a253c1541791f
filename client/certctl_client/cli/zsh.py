"""Completion for zsh, whose script evaluates the printed text twice. Only a completing zsh loads it."""

from collections.abc import Mapping

from typer._click.shell_completion import CompletionItem
from typer._completion_classes import ZshComplete

_IN_BOTH: Mapping[str, str] = {
    "\\": r"\\\\",
    '"': r"\"",
    "$": r"\$",
    "`": r"\`",
    ":": r"\\:",
    "'": r"'\''",
}
"""The script evaluates single quotes, in which are the double quotes that `_arguments` evaluates. What shows
descriptions removes backslashes once more."""


class EvaluatedTwice(ZshComplete):
    """Typer's own class leaves backslashes as they are: a backslash before a quote ends the quoted text, and
    what follows is a command."""

    def format_completion(self, item: CompletionItem) -> str:
        value = f'"{quoted(str(item.value))}"'
        return f'{value}:"{quoted(item.help)}"' if item.help else value


def quoted(text: str) -> str:
    """Escapes whatever one of the two evaluations would read as more than text."""
    return "".join(_IN_BOTH.get(c, c) if c.isprintable() else " " for c in text)
