"""Errors as problem documents (RFC 9457): the only table of error -> status."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, NotRequired, TypedDict

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from certctl.api.texts import refusal_of
from certctl.domain.access.sign_in import RECENT
from certctl.domain.audit.redaction import without_keys
from certctl.domain.errors import (
    BodyTooLarge,
    ChangedMeanwhile,
    Conflict,
    CsrRejected,
    DomainError,
    FieldProblem,
    Forbidden,
    GrantRefused,
    InvalidInput,
    KeyAsleep,
    MalformedRequest,
    NotFound,
    NotServed,
    PolicyRefused,
    SecondPersonRequired,
    SignInRequired,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from certctl.domain.notifications.hidden_characters import hidden_character

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100
OPEN_ERRORS = 20
"""Problems listed for callers without an API key."""
_TYPE_PREFIX = "urn:certctl:problem:"
_STEP_UP = (
    'Bearer error="insufficient_user_authentication", '
    'error_description="A more recent sign-in is required", '
    f'max_age="{int(RECENT.total_seconds())}"'
)
"""RFC 9470 section 3."""
# Field names come from the caller and may have any length.
_LONGEST_FIELD = 100
_KEY = "[key]"
"""The validator's last step to a name in a mapping that may not be there."""
_LONGEST_TEXT = 900


class MethodNotAllowed(DomainError):
    """The path is known, the method is not one of `allowed`."""

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(f"This path takes {', '.join(allowed)}.")
        self.allowed = tuple(allowed)


STATUS: Mapping[type[DomainError], HTTPStatus] = {
    MalformedRequest: HTTPStatus.BAD_REQUEST,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    KeyAsleep: HTTPStatus.UNAUTHORIZED,
    Forbidden: HTTPStatus.FORBIDDEN,
    SecondPersonRequired: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    Conflict: HTTPStatus.CONFLICT,
    ChangedMeanwhile: HTTPStatus.CONFLICT,
    GrantRefused: HTTPStatus.BAD_REQUEST,
    SignInRequired: HTTPStatus.UNAUTHORIZED,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    CsrRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
    PolicyRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    NotServed: HTTPStatus.SERVICE_UNAVAILABLE,
}


class FieldView(TypedDict):
    field: str
    message: str


class ProblemView(TypedDict):
    """The body of every error."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: NotRequired[list[FieldView]]


@dataclass(frozen=True)
class Problem:
    """`name` ends the type URI."""

    status: HTTPStatus
    name: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()
    headers: Mapping[str, str] | None = None

    def bounded(self, most: int) -> "Problem":
        """The problem with the first `most` errors and every text cut, so that a large request has no far
        larger response."""
        errors = tuple(
            FieldProblem(_shown(error.field, _LONGEST_FIELD), _shown(error.message, _LONGEST_TEXT))
            for error in self.errors[:most]
        )
        more = f" These are the first {most} of {len(self.errors)} errors." if len(self.errors) > most else ""
        return replace(self, detail=_shown(self.detail, _LONGEST_TEXT) + more, errors=errors)

    def view(self, request_id: str) -> ProblemView:
        view = ProblemView(
            type=_TYPE_PREFIX + self.name,
            title=self.status.phrase,
            status=self.status.value,
            detail=self.detail,
            request_id=request_id,
        )
        if self.errors:
            view["errors"] = [FieldView(field=e.field, message=e.message) for e in self.errors]
        return view

    def response(self, request_id: str) -> Response[str]:
        return Response(
            status_code=self.status.value,
            content_type=MEDIA_TYPE,
            body=json.dumps(self.view(request_id)),
            headers=dict(self.headers or {}),
        )


UNKNOWN_ERROR = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "The request failed. The log has the reason."
)


def problem_of(error: Exception) -> Problem:
    """UNKNOWN_ERROR, without details, for anything that is not meant for the caller."""
    if isinstance(error, DomainError):
        return _of_domain(error)
    if isinstance(error, RequestValidationError):
        return _of_validation(error.errors())
    if isinstance(error, ServiceError) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        status = HTTPStatus(error.status_code)
        return Problem(status, _slug(status.phrase), status.description or status.phrase)
    return UNKNOWN_ERROR


def _of_domain(error: DomainError) -> Problem:
    kind = kind_of(type(error))
    if kind is None:
        return UNKNOWN_ERROR
    errors = error.problems if isinstance(error, InvalidInput) else ()
    return Problem(STATUS[kind], _slug(kind.__name__), error.detail, errors, _headers(error))


def kind_of(error: type[DomainError]) -> type[DomainError] | None:
    """The row of the table: a store's own kind of Conflict is a Conflict to callers."""
    return next((parent for parent in error.__mro__ if parent in STATUS), None)


def _headers(error: DomainError) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, SignInRequired):
        return {"WWW-Authenticate": _STEP_UP}
    if isinstance(error, MethodNotAllowed):
        return {"Allow": ", ".join(error.allowed)}
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after)}
    return {"Retry-After": "1"} if isinstance(error, Unavailable) else {}


def _of_validation(errors: Iterable[Mapping[str, Any]]) -> Problem:
    found = tuple(FieldProblem(_field(e["loc"]), _message(e)) for e in errors)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-input", "The request is invalid.", found)


def _shown(text: str, length: int) -> str:
    text = without_keys(text)
    return text if len(text) <= length else text[: length - 1] + "…"


def _message(error: Mapping[str, Any]) -> str:
    """The message in our words: the validator's are for programmers, and name Python's types."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return _of_pattern(str(error.get("input", "")), str(context.get("pattern", "")))
    if kind in _MESSAGES:
        return _MESSAGES[kind].format_map(_Limits(context))
    plain = next((words for part, words in _KINDS.items() if kind.startswith(part)), None)
    return plain or _without_validator(str(error["msg"]))


def _of_pattern(given: str, pattern: str) -> str:
    hidden = hidden_character(given)
    if hidden is not None:
        return refusal_of(hidden)
    return _PATTERNS.get(pattern, f"Must match {pattern}")


class _Limits(dict[str, Any]):
    """The limits that a validator reports."""

    def __missing__(self, name: str) -> str:
        return "?"


def _without_validator(text: str) -> str:
    plain = text.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return plain.replace("Input should be", "Must be", 1)


_MESSAGES: Mapping[str, str] = {
    "missing": "Required.",
    "extra_forbidden": "There is no such field.",
    "literal_error": "Must be {expected}.",
    "enum": "Must be {expected}.",
    "greater_than": "Must be more than {gt}.",
    "greater_than_equal": "Must be at least {ge}.",
    "less_than": "Must be less than {lt}.",
    "less_than_equal": "Must be at most {le}.",
    "string_too_short": "Must have at least {min_length} characters.",
    "string_too_long": "Must have at most {max_length} characters.",
    "too_short": "Must have at least {min_length} entries.",
    "too_long": "Must have at most {max_length} entries.",
    "timezone_aware": "Must name its time zone: 2026-11-24T13:00:00Z.",
}
_KINDS: Mapping[str, str] = {
    "int_": "Must be a whole number.",
    "float_": "Must be a number.",
    "finite_number": "Must be a finite number.",
    "bool_": "Must be true or false.",
    "string_type": "Must be a text.",
    "list_type": "Must be a list.",
    "tuple_type": "Must be a list.",
    "set_type": "Must be a list.",
    "dict_type": "Must be an object.",
    "model_type": "Must be an object.",
    "model_attributes_type": "Must be an object.",
    "dataclass_type": "Must be an object.",
    "datetime_": "Must be a time such as 2026-11-24T13:00:00Z.",
}
"""Messages by the beginning of the validator's own name for the error."""
_ID_WORDS = "Must have {} lowercase letters, digits and hyphens, and begin with a letter or digit."
_PATTERNS: Mapping[str, str] = {
    r"^[a-z0-9][a-z0-9-]{2,63}$": _ID_WORDS.format("3 to 64"),
    r"^[a-z0-9][a-z0-9-]{0,63}$": _ID_WORDS.format("1 to 64"),
    r"^[a-z0-9][a-z0-9-]*$": _ID_WORDS.format("only"),
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": "Must be a host name: letters, digits, dots, hyphens and underscores.",
    r"^[0-9a-f]{64}$": "Must be a SHA-256 of 64 lowercase hex digits.",
}


def _field(location: Sequence[str | int]) -> str:
    """`("body", "csr_pem")` -> `csr_pem`, `("query", "per_page")` -> `query.per_page`, `("body", "subject",
    "X", "[key]")` -> `subject.X`."""
    parts = [str(part) for part in location if part != _KEY]
    return ".".join(parts[1:] if len(parts) > 1 and parts[0] == "body" else parts)


def _slug(name: str) -> str:
    """`CsrRejected` -> `csr-rejected`."""
    words = "".join(f"-{c.lower()}" if c.isupper() else c for c in name.replace(" ", ""))
    return words.lstrip("-")
