"""Errors of the client as those of a tool or a resource: what the server says in them is marked."""

from collections.abc import Callable
from functools import wraps

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError

from certctl_client.errors import CommandError, RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.mcp.marking import Marking, fresh_marking, is_word


def as_tool[**P, R](call: Callable[P, R]) -> Callable[P, R]:
    """Raises ToolError in place of CommandError."""

    @wraps(call)
    def told(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            return call(*arguments, **named)
        except CommandError as error:
            raise ToolError(told_of(error, fresh_marking())) from None

    return told


def as_resource[**P, R](call: Callable[P, R]) -> Callable[P, R]:
    """Raises ResourceError or ResourceNotFoundError in place of CommandError."""

    @wraps(call)
    def told(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            return call(*arguments, **named)
        except CommandError as error:
            kind = ResourceNotFoundError if error.code is ExitCode.NOT_FOUND else ResourceError
            raise kind(told_of(error, fresh_marking())) from None

    return told


def told_of(error: CommandError, marking: Marking) -> str:
    """What went wrong, marked; what to do; how the marking is to be read. Never holds the key."""
    status = f"status {error.status}" if isinstance(error, RequestFailed) else error.code.name.lower()
    parts = (f"Failed ({status}): {marking.text(error.message)}", _advice(error), marking.notice)
    return "\n".join(part for part in parts if part)


def _advice(error: CommandError) -> str:
    """It may name the request, by an id that a proxy can make up."""
    if isinstance(error, RequestFailed) and error.request_id and not is_word(error.request_id):
        return ""
    return error.next_step
