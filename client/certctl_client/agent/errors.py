"""What goes wrong in an agent, by what it does next."""

from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode


class Unavailable(CommandError):
    """No answer, or one that asks to come back later. `retry_after`: in seconds, where the server said so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message, "The agent tries again by itself.", ExitCode.UNREACHABLE)
        self.retry_after = retry_after


class WorkRefused(CommandError):
    """A piece of work that cannot be done as it is: malformed, for another key, against this host's rules."""


class DeploymentFailed(CommandError):
    """A step at the target failed; what was there before is put back. Never holds a secret."""
