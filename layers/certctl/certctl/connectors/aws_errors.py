"""Which failures of an AWS service pass by themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from certctl.domain.errors import Unavailable
from certctl.observability import count_throttling

_TRANSIENT = frozenset(
    {
        "RequestThrottled",
        "RequestTimeout",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def is_transient(error: ClientError) -> bool:
    """Any 5xx, and what a service answers with 400 though it is about load."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error_code(error) in _TRANSIENT


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def unavailable_when_transient(service: str) -> Iterator[None]:
    """Turns timeouts, throttling and faults of `service` into Unavailable; refusals pass as they are."""
    try:
        yield
    except BotoCoreError as error:
        raise _unavailable(service, type(error).__name__) from error
    except ClientError as error:
        if not is_transient(error):
            raise
        count_throttling(service.lower(), [error_code(error)])
        raise _unavailable(service, error_code(error)) from error


def _unavailable(service: str, cause: str) -> Unavailable:
    failure = Unavailable(f"{service} did not answer in time. Try again.")
    failure.add_note(cause)
    return failure
