"""Problem documents (RFC 7807, RFC 8555 section 6.7) of what an ACME request may raise."""

import json
from collections.abc import Mapping
from typing import Any

from certctl.api.acme.protocol.responses import AcmeResponse
from certctl.domain.acme.problems import AcmeProblem, ProblemType, Subproblem
from certctl.domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyRequests,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
LONGEST_WAIT = 600
"""Seconds of Retry-After: acme.sh gives up at more."""
_LONGEST_DETAIL = 900
_BUSY_SECONDS = 3
_INTERNAL = "The request failed. The log of the server has the reason."
_DOWN = "The server's store did not answer in time: try again."
_CONTENDED = "Another request changed the same record at the same time: try again."


def problem_of(error: Exception) -> AcmeProblem:
    """The problem that the client is told: without details for anything that is not meant for it."""
    match error:
        case AcmeProblem():
            return error
        case Unavailable():
            return AcmeProblem(ProblemType.SERVER_INTERNAL, _DOWN, 503, retry_after=_BUSY_SECONDS)
        case Conflict():
            return AcmeProblem(ProblemType.SERVER_INTERNAL, _CONTENDED, 503, retry_after=_BUSY_SECONDS)
        case TooManyRequests():
            return AcmeProblem(ProblemType.RATE_LIMITED, error.detail, retry_after=error.retry_after)
        case Forbidden():
            return AcmeProblem(ProblemType.UNAUTHORIZED, error.detail)
        case NotFound():
            return AcmeProblem(ProblemType.MALFORMED, error.detail, 404)
        case InvalidInput():
            return AcmeProblem(ProblemType.MALFORMED, error.reasons)
        case DomainError():
            return AcmeProblem(ProblemType.MALFORMED, error.detail)
    return AcmeProblem(ProblemType.SERVER_INTERNAL, _INTERNAL)


def problem_response(problem: AcmeProblem, terms_url: str) -> AcmeResponse:
    """`terms_url` is what the client's user has to agree to, if that is the problem."""
    needs_agreement = problem.type is ProblemType.USER_ACTION_REQUIRED
    document = problem_document(problem) | ({"instance": terms_url} if needs_agreement else {})
    headers = {"Location": problem.location} if problem.location else {}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, min(problem.retry_after, LONGEST_WAIT)))
    response = AcmeResponse(problem.status, json.dumps(document), MEDIA_TYPE, headers)
    return response.linked(terms_url, "terms-of-service") if needs_agreement else response


def problem_document(problem: AcmeProblem) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": problem.type.urn,
        "detail": _shown(problem.detail),
        "status": problem.status,
    }
    if problem.subproblems:
        document["subproblems"] = list(map(_subproblem, problem.subproblems))
    if problem.algorithms:
        document["algorithms"] = list(problem.algorithms)
    return document


def _subproblem(reason: Subproblem) -> Mapping[str, Any]:
    shown: dict[str, Any] = {"type": reason.type.urn, "detail": _shown(reason.detail)}
    if reason.identifier is not None:
        kind, value = reason.identifier
        shown["identifier"] = {"type": kind, "value": value}
    return shown


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
