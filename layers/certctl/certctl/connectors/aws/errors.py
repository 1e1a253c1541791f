"""Classifies failures of AWS services: temporary, or a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from certctl.domain.aws_failures import failure_of
from certctl.domain.errors import AwsRefusal, Unavailable
from certctl.observability import count_throttling, log_refusal


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def unavailable_when_transient(service: str) -> Iterator[None]:
    """Converts timeouts and 5xx of `service` to Unavailable, throttling to Overloaded, denied access to
    AccessDenied and invalid requests to RequestInvalid. Other errors pass unchanged."""
    try:
        yield
    except BotoCoreError as error:
        raise _unavailable(service, type(error).__name__) from error
    except ClientError as error:
        _raise_known(service, error)
        raise


def _raise_known(service: str, error: ClientError) -> None:
    failure = failure_of(service, error.operation_name, error.response.get("Error", {}))
    if isinstance(failure, AwsRefusal):
        log_refusal(failure)
        raise failure from None  # the service's message may quote the request
    if failure is not None:
        count_throttling(service.lower(), [error_code(error)])
        raise failure from error
    if _is_fault(error):
        raise _unavailable(service, error_code(error)) from error


def _is_fault(error: ClientError) -> bool:
    """Any 5xx, and a request that arrived too slowly."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error_code(error) == "RequestTimeout"


def _unavailable(service: str, cause: str) -> Unavailable:
    failure = Unavailable(f"{service} did not answer in time. Try again.")
    failure.add_note(cause)
    return failure
