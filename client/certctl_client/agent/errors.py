"""Errors of an agent, by what it does next."""

from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode


class Unavailable(CommandError):
    """No response, or one that asks to retry later. `retry_after`: in seconds, if the server stated it.
    `advice` is for a person who waits for the answer."""

    def __init__(self, message: str, retry_after: float | None = None, advice: str = "") -> None:
        super().__init__(message, "The agent retries by itself.", ExitCode.UNREACHABLE)
        self.retry_after = retry_after
        self.advice = advice or "Try again later."


class WorkRefused(CommandError):
    """Work that cannot be done as it is: malformed, for another key, or against this host's rules."""


class DeploymentFailed(CommandError):
    """A step at the target failed; the former files are restored. Never contains a secret."""
