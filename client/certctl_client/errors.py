"""Errors that end a command: what is wrong, what to do next (one sentence each), and an exit code."""

from certctl_client.exit_codes import ExitCode


class CommandError(Exception):
    """`next_step` is empty when there is nothing sensible to advise. Never holds the API key."""

    def __init__(self, message: str, next_step: str = "", code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.code = code


class ConfigurationError(CommandError):
    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message, next_step, ExitCode.USAGE)


class Unreachable(CommandError):
    """`was_sent`: the request may have reached the server and taken effect."""

    def __init__(self, message: str, next_step: str = "", was_sent: bool = False) -> None:
        super().__init__(message, next_step, ExitCode.UNREACHABLE)
        self.was_sent = was_sent


class RequestFailed(CommandError):
    """A refusal by the server. `status` is the HTTP status, `request_id` the one in the server's log."""

    def __init__(self, status: int, message: str, next_step: str, code: ExitCode, request_id: str) -> None:
        super().__init__(message, next_step, code)
        self.status = status
        self.request_id = request_id
