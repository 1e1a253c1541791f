"""Error handling of the commands in this package."""

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from local.build import CommandFailedError


class DeployError(Exception):
    """The text says what to change, for the user of the command."""


def run(command: str, work: Callable[[], None]) -> None:
    """Runs `work`; an error becomes one text on the error stream and exit status 1."""
    try:
        work()
    except (DeployError, CommandFailedError, ClientError, BotoCoreError) as problem:
        sys.exit(f"make {command}: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
