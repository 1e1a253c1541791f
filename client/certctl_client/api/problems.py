"""Turns a refusal by the server (an RFC 9457 problem document) into an error with a next step."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from certctl_client.errors import RequestFailed
from certctl_client.exit_codes import ExitCode
from certctl_client.plain_text import printable
from certctl_client.settings import KEY_VARIABLE

if TYPE_CHECKING:
    from certctl_client.api.http import httpx

_NEXT_STEPS: Mapping[int, str] = {
    401: f"The key is unknown, revoked or expired: set {KEY_VARIABLE} to a live one.",
    403: "The key's role may not do this: use a key of another role, or ask an administrator.",
    404: "Check the id. Records of teams outside your key's scope are reported as missing.",
    409: "Read the record again: it has changed, or it is not in a state that allows this.",
    413: "Send less at once: a request may have 1 MiB.",
    429: "Too many requests: wait a little, then try again.",
}
_NEXT_STEPS_OF_TYPES: Mapping[str, str] = {
    "urn:certctl:problem:sign-in-required": "Sign in again with `certctl login`, which opens the browser, "
    "then repeat the command within 15 minutes.",
    "urn:certctl:problem:second-person-required": "Let another person, an operator or administrator, approve "
    "it; keys of one owner, and those that a key made, are one person.",
    "urn:certctl:problem:key-asleep": "Sign in to the dashboard, or run `certctl login`.",
}
_CODES: Mapping[int, ExitCode] = {
    401: ExitCode.DENIED,
    403: ExitCode.DENIED,
    404: ExitCode.NOT_FOUND,
}
_CONFLICT, _UNKNOWN_KEY = 409, 401
_JOB = re.compile(r"\bjob-[0-9a-z]{26}\b")
_NO_SUCH = re.compile(r"^There is no such ([a-z -]+)\.$")
_TEXT_LIMIT = 300
_MAX_FIELDS = 20


def request_failed(response: "httpx.Response") -> RequestFailed:
    """The error of a response that has been read and has a status of 300 or more."""
    status, problem = response.status_code, _document(response)
    request_id = _text(problem.get("request_id")) or printable(response.headers.get("X-Request-ID", ""), 100)
    texts = (_text(problem.get(name)) for name in ("detail", "error_description", "title"))
    message = next(filter(None, texts), f"The server returned {status}.")
    return RequestFailed(
        status=status,
        message=message + _fields(problem.get("errors"), message),
        next_step=_NEXT_STEPS_OF_TYPES.get(_text(problem.get("type")))
        or _next_step(status, request_id, message),
        code=_CODES.get(status, ExitCode.FAILED),
        request_id=request_id,
    )


def with_id(refused: RequestFailed, record_id: str) -> RequestFailed:
    """The same refusal, with the id in a message such as "There is no such team."."""
    named = _NO_SUCH.sub(
        lambda found: f"There is no {found[1]} {printable(record_id, 100)}.", refused.message
    )
    return RequestFailed(refused.status, named, refused.next_step, refused.code, refused.request_id)


def _next_step(status: int, request_id: str, message: str) -> str:
    if status >= 500:
        named = f" (request {request_id})" if request_id else ""
        return f"Try again later; if it persists, the server's log has the reason{named}."
    if 300 <= status < 400:
        return "The address redirects: set CERTCTL_URL to the address of the API itself."
    if status == _CONFLICT and (job := _JOB.search(message)):
        return f"See `certctl jobs get {job[0]}`; `certctl jobs cancel {job[0]}` ends it."
    if status == _UNKNOWN_KEY and "bootstrap token" in message:
        return "A token enrols one host, within an hour: create another one with `certctl agents token`."
    if status == _UNKNOWN_KEY and "trust rule" in message:
        return "Check --rule and --url: an administrator sees the rules with `certctl trust-rules list`."
    return _NEXT_STEPS.get(status, "")


def _document(response: "httpx.Response") -> Mapping[str, Any]:
    """The problem document. Empty if the body is none: API Gateway and proxies return other bodies."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _fields(errors: Any, message: str) -> str:
    """A line for each field, unless the message is that line already."""
    if not isinstance(errors, list):
        return ""
    rows = [e for e in errors[:_MAX_FIELDS] if isinstance(e, dict)]
    lines = [f"{_text(row.get('field'))}: {_text(row.get('message'))}" for row in rows]
    return "".join(f"\n  {line}" for line in lines if line != message)


def _text(value: Any) -> str:
    return printable(value, _TEXT_LIMIT) if isinstance(value, str) else ""
