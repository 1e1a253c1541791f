"""Converts responses of AWS services to outcomes of notifications."""

import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from certctl.domain.aws_failures import is_denied
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_CODE = re.compile(r"[A-Za-z.:]{1,64}")

# The same in every service; codes differ by protocol and age.
_COMMON = {
    "Throttling": OutcomeKind.THROTTLED,
    "ThrottlingException": OutcomeKind.THROTTLED,
    "Throttled": OutcomeKind.THROTTLED,
    "ThrottledException": OutcomeKind.THROTTLED,
    "TooManyRequestsException": OutcomeKind.THROTTLED,
    "RequestLimitExceeded": OutcomeKind.THROTTLED,
    "RequestThrottled": OutcomeKind.THROTTLED,
    "SlowDown": OutcomeKind.THROTTLED,
    "RequestTimeout": OutcomeKind.RETRYABLE,
    # Credentials and clocks: faults of the role, not of the message.
    "ExpiredToken": OutcomeKind.RETRYABLE,
    "ExpiredTokenException": OutcomeKind.RETRYABLE,
    "RequestExpired": OutcomeKind.RETRYABLE,
    "IncompleteSignature": OutcomeKind.RETRYABLE,
    "UnrecognizedClientException": OutcomeKind.RETRYABLE,
}


def attempt(call: Callable[[], object], kinds: Mapping[str, OutcomeKind], allowed_by: str) -> Outcome:
    """One call; `accepted` if it succeeds: the service took it, its delivery is unknown. `kinds` are the
    service's own error codes, `allowed_by` the stack's parameter that lists the receivers. Raises nothing
    that botocore raises."""
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    started = time.monotonic()
    try:
        call()
    except ClientError as error:
        return _refusal(error, kinds, allowed_by, _since(started))
    except ParamValidationError:
        return Outcome(OutcomeKind.PERMANENT, error="the request breaks the service's rules")
    except BotoCoreError as error:
        text = f"no answer: {type(error).__name__}"
        return Outcome(OutcomeKind.RETRYABLE, error=text, duration_ms=_since(started))
    return Outcome(OutcomeKind.ACCEPTED, 200, duration_ms=_since(started))


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _refusal(
    error: "ClientError", kinds: Mapping[str, OutcomeKind], allowed_by: str, duration_ms: int
) -> Outcome:
    """The code only: the service's message quotes addresses and ARNs."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    kind = kinds.get(code) or _COMMON.get(code) or kind_of_status(status)
    word = code if _CODE.fullmatch(code) else ""
    cause = (
        f": {allowed_by} of the stack, or the receiver's policy, does not allow it" if is_denied(code) else ""
    )
    return Outcome(kind, status or None, f"HTTP {status} {word}".rstrip() + cause, duration_ms=duration_ms)


def kind_of_status(status: int) -> OutcomeKind:
    """401 and 403 are about our role, which an administrator can repair."""
    match status:
        case 429:
            return OutcomeKind.THROTTLED
        case 401 | 403:
            return OutcomeKind.RETRYABLE
        case _ if 400 <= status <= 499:
            return OutcomeKind.PERMANENT
        case _:
            return OutcomeKind.RETRYABLE
