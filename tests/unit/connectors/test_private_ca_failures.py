"""The meaning of each error of AWS Private CA: refused for good, not now, or perhaps done."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from certctl.connectors.issuers.aws_pca.failures import REFUSALS, NoAnswer, NotNow, Refused, translated
from tests.support.template import ROOT

_URL = "https://acm-pca.eu-central-1.amazonaws.com"
_HANDLED = {"RequestInProgressException", "RequestFailedException", "RequestAlreadyProcessedException"}
_NOT_NOW = {
    "AccessDeniedException",
    "ConcurrentModificationException",
    "ExpiredTokenException",
    "InvalidStateException",
    "LimitExceededException",
    "ResourceNotFoundException",
    "ThrottlingException",
    "UnrecognizedClientException",
}


def error(
    code: str, status: int = 400, message: str = "no", headers: Mapping[str, str] | None = None
) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers or {}},
    }
    return ClientError(response, "IssueCertificate")


def failure_of(cause: Exception, *codes: str) -> Exception:
    try:
        with translated("IssueCertificate", *codes):
            raise cause
    except Exception as failure:  # the outcome
        return failure


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_request_that_is_wrong_is_refused_for_good(code: str) -> None:
    assert isinstance(failure_of(error(code)), Refused)


@pytest.mark.parametrize("code", sorted(_NOT_NOW))
def test_what_may_be_mended_waits(code: str) -> None:
    assert isinstance(failure_of(error(code)), NotNow)


@pytest.mark.parametrize("code", ["InternalFailure", "ServiceUnavailable", ""])
def test_a_failure_of_the_service_says_nothing_of_the_request(code: str) -> None:
    assert isinstance(failure_of(error(code, 500)), NoAnswer)


@pytest.mark.parametrize(
    "cause",
    [
        ReadTimeoutError(endpoint_url=_URL),
        ConnectionClosedError(endpoint_url=_URL),
        ResponseParserError("not JSON"),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_a_request_without_a_response_may_have_been_done(cause: Exception) -> None:
    assert isinstance(failure_of(cause), NoAnswer)


@pytest.mark.parametrize(
    "cause",
    [
        ConnectTimeoutError(endpoint_url=_URL),
        EndpointConnectionError(endpoint_url=_URL),
        NoCredentialsError(),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_a_request_that_was_never_sent_was_not_done(cause: Exception) -> None:
    assert isinstance(failure_of(cause), NotNow)


def test_every_error_of_the_calls_has_a_meaning_and_is_on_the_page() -> None:
    model = botocore.session.get_session().get_service_model("acm-pca")
    calls = ("IssueCertificate", "GetCertificate", "RevokeCertificate", "DescribeCertificateAuthority")
    errors = {shape.name for call in calls for shape in model.operation_model(call).error_shapes}
    page = (ROOT / "docs" / "aws-private-ca.md").read_text("utf-8")

    assert errors - REFUSALS - _NOT_NOW - _HANDLED == set()
    assert {code for code in errors | REFUSALS if f"`{code}`" not in page} == set()


def test_a_wait_that_the_response_asks_for_is_kept() -> None:
    failure = failure_of(error("ThrottlingException", headers={"retry-after": "90"}))

    assert isinstance(failure, NotNow)
    assert failure.retry_after == timedelta(seconds=90)


def test_a_message_is_one_short_line_without_urls() -> None:
    failure = failure_of(error("InvalidArgsException", message=f"see\n{_URL}?token=s3cret " + "x" * 1000))

    assert "s3cret" not in str(failure)
    assert "\n" not in str(failure)
    assert len(str(failure)) < 300


def test_a_denied_call_names_the_parameters_and_not_the_message() -> None:
    failure = failure_of(error("AccessDeniedException", message="User: arn:aws:sts::1:assumed-role/x"))

    assert "PrivateCaArns" in str(failure)
    assert "assumed-role" not in str(failure)
