"""Completion by the shell: its scripts, and the names of contexts."""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper

import typer

from certctl_client.errors import CommandError, ConfigurationError

_PROGRAM, _VARIABLE = "certctl", "_CERTCTL_COMPLETE"
_SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
SHOW, INSTALL = "--show-completion", "--install-completion"


def prepare() -> None:
    """Makes the shells known, if this call is one of a shell that completes."""
    if os.environ.get(_VARIABLE):
        from typer import _completion_classes as classes
        from typer._click.shell_completion import add_completion_class

        from certctl_client.cli.zsh import EvaluatedTwice

        classes._sanitize_help_text = str  # type: ignore[assignment]  # our help has no markup to remove
        classes.completion_init()
        add_completion_class(EvaluatedTwice, "zsh")
        _print_utf_8()


def _print_utf_8() -> None:
    """In other encodings a letter may have a byte that a shell reads as a backslash: Shift JIS, GBK, Big5."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def of_shell(arguments: list[str]) -> bool:
    """Runs `--show-completion bash` or `--install-completion`, whose shell may be named. Returns False for
    other arguments. Raises ConfigurationError."""
    if not arguments or arguments[0] not in (SHOW, INSTALL) or len(arguments) > 2:
        return False
    shell = arguments[1] if len(arguments) == 2 else _current_shell()
    if shell not in _SHELLS:
        raise ConfigurationError(f"{shell or 'This shell'} is not supported.", f"Use {', '.join(_SHELLS)}.")
    act = _show if arguments[0] == SHOW else _install
    act(shell)
    return True


def alone(is_wanted: bool) -> None:
    """Refuses the two options among other arguments, where no shell can be named."""
    if is_wanted:
        raise ConfigurationError("Completion is set up by a command of its own.", f"Use certctl {SHOW} bash.")


def completed_contexts(incomplete: str) -> list[str]:
    """Completes names of contexts. Errors are swallowed: a completing shell must not print them."""
    from certctl_client.contexts import load_contexts

    with suppress(CommandError):
        return [name for name in load_contexts(os.environ).contexts if name.startswith(incomplete)]
    return []


def _show(shell: str) -> None:
    from typer._completion_shared import get_completion_script

    script = get_completion_script(prog_name=_PROGRAM, complete_var=_VARIABLE, shell=shell)
    sys.stdout.write(f"{script}\n")


def _install(shell: str) -> None:
    from typer._completion_shared import install

    _, path = install(shell, _PROGRAM, _VARIABLE)
    typer.echo(f"{shell} completion was installed in {path}. Start a new terminal to use it.", err=True)


def _current_shell() -> str:
    from typer._completion_shared import _get_shell_name

    return _get_shell_name() or ""
