"""Turns results into texts, and the client's errors into those of a tool or a resource, marked."""

import inspect
from collections.abc import Callable
from functools import wraps

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError

from certctl_client.errors import CommandError, RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.mcp.marking import Marking, fresh_marking, is_word
from certctl_client.mcp.results import ToolResult


def as_tool[**P](call: Callable[P, ToolResult]) -> Callable[P, str]:
    """Raises ToolError in place of CommandError."""

    @wraps(call)
    def called(*arguments: P.args, **named: P.kwargs) -> str:
        try:
            return call(*arguments, **named).text()
        except CommandError as error:
            raise ToolError(described(error, fresh_marking())) from None

    # `wraps` copies the signature that was given to a method's function, which has `self`.
    called.__signature__ = inspect.signature(call)  # type: ignore[attr-defined]
    return called


def as_resource[**P](call: Callable[P, ToolResult]) -> Callable[P, str]:
    """Raises ResourceError or ResourceNotFoundError in place of CommandError."""

    @wraps(call)
    def called(*arguments: P.args, **named: P.kwargs) -> str:
        try:
            return call(*arguments, **named).text()
        except CommandError as error:
            kind = ResourceNotFoundError if error.code is ExitCode.NOT_FOUND else ResourceError
            raise kind(described(error, fresh_marking())) from None

    return called


def described(error: CommandError, marking: Marking) -> str:
    """The error, marked; the next step; a notice on the marking. Never contains the key."""
    status = f"status {error.status}" if isinstance(error, RequestFailed) else error.code.name.lower()
    parts = (f"Failed ({status}): {marking.text(error.message)}", _advice(error), marking.notice)
    return "\n".join(part for part in parts if part)


def _advice(error: CommandError) -> str:
    """The next step, unless it names a request by an id that is not a word: a proxy could forge one."""
    if isinstance(error, RequestFailed) and error.request_id and not is_word(error.request_id):
        return ""
    return error.next_step
