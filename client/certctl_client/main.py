"""Runs one command and ends with its exit code. Whatever takes long to import is imported inside."""

import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence

from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.plain_text import printable

_OBJECTS_BEFORE_COLLECTION = 200_000
"""Imports make some hundred thousand objects that live to the end. With Python's threshold of 2,000 the
search for garbage among them takes a tenth of a command's time."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; errors go to standard error."""
    return _ended(lambda: _run(arguments))


def run() -> None:
    """The console script."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    code = main()
    if code == ExitCode.INTERRUPTED or sys.stdout is None:
        os._exit(code)  # threads of an interrupted command may wait for a server
    sys.exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    from certctl_client.cli.running import run_command

    code = run_command(list(sys.argv[1:] if arguments is None else arguments))
    sys.stdout.flush()  # a full disk shows here at the latest
    return code


def _ended(command: Callable[[], int]) -> int:
    try:
        return command()
    except CommandError as error:
        _say(f"Error: {error.message}\n{error.next_step}".rstrip())
        return error.code
    except KeyboardInterrupt:
        _say("Interrupted.")
        return ExitCode.INTERRUPTED
    except OSError as error:
        return _stopped_by_the_system(error)


def _stopped_by_the_system(error: OSError) -> int:
    """The exit code. A reader that has gone is no error, whatever the format: `certctl certs list | head`."""
    _forget_unwritten()
    if error.errno == errno.EPIPE:
        return ExitCode.OK
    where = f"{error.filename}: " if error.filename else ""
    _say(f"Error: {where}{error.strerror or error}.")
    return ExitCode.FAILED


def _forget_unwritten() -> None:
    """Drops unwritten output, which the interpreter would try to write again, and fail with a traceback."""
    try:
        sys.stdout.flush()
    except OSError:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)


def _say(message: str) -> None:
    """Writes a message without `output.say`, whose import may have been interrupted."""
    print(printable(message, 10_000), file=sys.stderr)
