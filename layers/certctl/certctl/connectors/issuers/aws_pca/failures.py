"""The meaning of AWS Private CA's errors. docs/aws-private-ca.md#errors has the table."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
)
from botocore.parsers import ResponseParserError

from certctl.connectors.aws.errors import error_code
from certctl.domain.aws_failures import OVERLOADED, is_denied
from certctl.domain.issuing.failures import shown
from certctl.observability import count_throttling

REFUSALS = frozenset(
    {
        "InvalidArgsException",
        "InvalidArnException",
        "InvalidRequestException",
        "MalformedCSRException",
        "SerializationException",
        "ValidationException",
    }
)
"""The same request would be refused again."""
_NEVER_SENT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
)
_LONGEST_TEXT = 256


class Refused(Exception):
    """AWS refused the request for good. Nothing was done."""


class NotNow(Exception):
    """AWS did nothing: it throttles or denies, the CA is not active, or there was no connection."""

    def __init__(self, detail: str, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class NoAnswer(Exception):
    """The request was sent, and AWS may have done it: no response, or one that says nothing."""


class ErrorCode(Exception):
    """An error with a meaning of its own for the one call."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@contextmanager
def translated(call: str, *codes: str) -> Iterator[None]:
    """Raises ErrorCode for `codes`, else Refused, NotNow or NoAnswer. Texts are AWS's own, without tokens."""
    try:
        yield
    except ClientError as error:
        raise _failure(call, error, codes) from None
    except _NEVER_SENT as error:
        raise NotNow(f"AWS Private CA: no connection ({type(error).__name__})") from None
    except (BotoCoreError, ResponseParserError) as error:
        raise NoAnswer(f"{call} had no response ({type(error).__name__})") from None


def _failure(call: str, error: ClientError, codes: tuple[str, ...]) -> Exception:
    code, detail = error_code(error), _detail(call, error)
    if code in codes:
        return ErrorCode(code, detail)
    if code in REFUSALS:
        return Refused(detail)
    if code in OVERLOADED:
        count_throttling("acm-pca", [code])
        return NotNow(detail, _retry_after(error))
    if is_denied(code):
        hint = "PrivateCaArns of the stack, or PrivateCaCrlBuckets, does not list what it needs"
        return NotNow(f"AWS Private CA denied {call}: {hint}, or the CA's own policy forbids it")
    return NoAnswer(detail) if _status(error) >= 500 else NotNow(detail)


def _detail(call: str, error: ClientError) -> str:
    said = str(error.response.get("Error", {}).get("Message", ""))[:_LONGEST_TEXT]
    return shown(f"AWS Private CA answered {call} with {error_code(error)}: {said}".removesuffix(": "))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _retry_after(error: ClientError) -> timedelta | None:
    """AWS documents none for this service; a proxy may send one."""
    headers: dict[str, Any] = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    seconds = str(headers.get("retry-after", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdigit() else None
