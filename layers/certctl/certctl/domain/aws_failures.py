"""The meaning of AWS error codes, for all services."""

import re
from collections.abc import Mapping
from typing import Any

from certctl.domain.errors import AccessDenied, AwsRefusal, RequestInvalid, Unavailable

OVERLOADED = frozenset(
    {
        "EC2ThrottledException",
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_DENIED = frozenset(
    {
        "403",  # S3 returns this for HEAD, without a body
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)
_INVALID = frozenset({"SerializationException", "ValidationError", "ValidationException"})
_ACTION = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)")


class Overloaded(Unavailable):
    """A service throttles us, or the rows are contended beyond our retries. It passes by itself."""


HINDRANCES = (Overloaded, AccessDenied)
"""Failures that are not the fault of the work: work that can wait is postponed without spending an
attempt."""


def is_denied(code: str) -> bool:
    return code in _DENIED


def failure_of(service: str, operation: str, error: Mapping[str, Any]) -> Overloaded | AwsRefusal | None:
    """The failure for a response's `error` (`Code`, `Message`); None for any other code."""
    code = str(error.get("Code", ""))
    if code in OVERLOADED:
        return Overloaded(f"{service} is throttled. Nothing was half-written; try again.")
    if is_denied(code):
        return AccessDenied(service, _denied_action(str(error.get("Message", ""))) or operation, code)
    return RequestInvalid(service, operation, code) if code in _INVALID else None


def _denied_action(message: str) -> str | None:
    """The IAM action that the message names: more precise than the operation if that needs several
    actions."""
    found = _ACTION.search(message)
    return found[1] if found else None
