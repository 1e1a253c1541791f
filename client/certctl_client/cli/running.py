"""Runs the command that the arguments name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from certctl_client.cli import completion
from certctl_client.cli.application import app
from certctl_client.cli.global_options import VARIABLES
from certctl_client.cli.lazy import built
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.output.selection import forget


def run_command(arguments: list[str]) -> int:
    """Returns the exit code. Raises CommandError, KeyboardInterrupt, OSError."""
    if completion.of_shell(arguments):
        return ExitCode.OK
    completion.prepare()
    command = built(app, "certctl")
    with _options_end_with_the_command():
        try:
            ended = command.main(args=arguments, prog_name="certctl", standalone_mode=False)
        except SystemExit as exiting:  # completion, and a reader that has gone
            if isinstance(exiting.__context__, OSError):
                raise exiting.__context__ from None
            return exiting.code if isinstance(exiting.code, int) else ExitCode.OK
        except typer.Abort as aborted:
            raise _cause_of(aborted) from None
        except Exception as error:
            if not hasattr(error, "exit_code") or not hasattr(error, "show"):
                raise
            error.show()  # how the parser words wrong usage
            return int(error.exit_code)
    if ended == ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return ended if isinstance(ended, int) else ExitCode.OK


def _cause_of(aborted: typer.Abort) -> BaseException:
    """The cause of an abort at a prompt: Ctrl-C interrupts, the end of the input cancels."""
    if isinstance(aborted.__context__, EOFError):
        return CommandError("Cancelled: nothing was changed.")
    return KeyboardInterrupt()


@contextmanager
def _options_end_with_the_command() -> Iterator[None]:
    """Options of every command set the variables that stand for them, for this command."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    try:
        yield
    finally:
        forget()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
