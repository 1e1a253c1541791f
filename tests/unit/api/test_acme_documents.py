"""URLs, problem documents and headers of the ACME server."""

import json

import pytest

from certctl.api.acme.protocol.front import methods_of
from certctl.api.acme.protocol.problem_documents import problem_of, problem_response
from certctl.api.acme.protocol.requests import place_of
from certctl.api.acme.protocol.responses import AcmeResponse
from certctl.api.acme.protocol.urls import Urls
from certctl.domain.acme.problems import AcmeProblem, ProblemType, Subproblem
from certctl.domain.errors import (
    AccessDenied,
    ChangedMeanwhile,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyRequests,
    Unavailable,
)

ACCOUNT = "acct-01m8r0h28jcy70jfdna76h4319"
URLS = Urls("acme.example.net", ("old.example.net",))


@pytest.mark.parametrize("host", ["acme.example.net", "old.example.net"])
def test_an_account_url_of_this_server_names_its_account(host: str) -> None:
    assert URLS.account_in(f"https://{host}/acme/acct/{ACCOUNT}") == ACCOUNT


@pytest.mark.parametrize(
    "kid",
    [
        f"http://acme.example.net/acme/acct/{ACCOUNT}",
        f"https://acme.example.org/acme/acct/{ACCOUNT}",
        f"https://acme.example.net/acme/acct/{ACCOUNT}\n",
        f"https://acme.example.net/acme/acct/{ACCOUNT.upper()}",
        f"https://acme.example.net/acme/acct/{ACCOUNT}/orders",
        f"https://acme.example.nethttps://acme.example.net/acme/acct/{ACCOUNT}",
        f"/acme/acct/{ACCOUNT}",
        "",
    ],
)
def test_any_other_text_names_none(kid: str) -> None:
    assert URLS.account_in(kid) is None


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/acme/directory", ("GET", "HEAD", "POST")),
        ("/acme/renewal-info/a.b", ("GET", "HEAD")),
        ("/acme/order/a/o/finalize", ("POST",)),
        ("/acme/authz/a/o/79", ("POST",)),
        ("/acme/authz/a/o/100", ()),
        ("/acme/authz/a/o/-1", ()),
        ("/acme/authz/a/o/٣", ()),
        ("/acme/order/a/o/finalize/x", ()),
        ("/acme/cert/a/o/0", ()),
        ("/acme//directory", ()),
        ("/acme/directory/", ()),
        ("/ACME/directory", ()),
        ("/x/acme/directory", ()),
    ],
)
def test_a_place_takes_its_methods_alone(path: str, methods: tuple[str, ...]) -> None:
    assert methods_of(place_of(path)) == methods


@pytest.mark.parametrize(
    ("error", "type", "status"),
    [
        (Unavailable("dynamodb.internal"), "serverInternal", 503),
        (ChangedMeanwhile("a row"), "serverInternal", 503),
        (AccessDenied("DynamoDB", "PutItem", "x"), "serverInternal", 500),
        (RuntimeError("secret"), "serverInternal", 500),
        (Forbidden("No."), "unauthorized", 403),
        (NotFound("None."), "malformed", 404),
        (InvalidInput.of("sans", "is wrong"), "malformed", 400),
        (TooManyRequests("Later.", 7), "rateLimited", 429),
    ],
)
def test_every_error_has_a_type_of_rfc_8555_and_shows_no_internals(
    error: Exception, type: str, status: int
) -> None:
    response = problem_response(problem_of(error), "")
    document = json.loads(response.body)
    assert document["type"] == f"urn:ietf:params:acme:error:{type}"
    assert (document["status"], response.status) == (status, status)
    for internal in ("dynamodb", "DynamoDB", "secret", "a row"):
        assert internal not in response.body


def test_a_wait_is_ten_minutes_at_most() -> None:
    problem = AcmeProblem(ProblemType.RATE_LIMITED, "Tomorrow.", retry_after=86400)
    assert problem_response(problem, "").headers["Retry-After"] == "600"


def test_reasons_and_algorithms_are_in_the_document() -> None:
    reason = Subproblem(ProblemType.REJECTED_IDENTIFIER, "Not yours.", ("dns", "a.example"))
    problem = AcmeProblem(
        ProblemType.REJECTED_IDENTIFIER, "Refused.", subproblems=(reason,), algorithms=("ES256",)
    )
    document = json.loads(problem_response(problem, "").body)
    assert document["subproblems"] == [
        {
            "type": "urn:ietf:params:acme:error:rejectedIdentifier",
            "detail": "Not yours.",
            "identifier": {"type": "dns", "value": "a.example"},
        }
    ]
    assert document["algorithms"] == ["ES256"]


def test_links_share_one_header() -> None:
    response = AcmeResponse(200).linked("https://a/", "up").linked("https://b/", "index")
    assert response.payload()["headers"]["Link"] == '<https://a/>;rel="up", <https://b/>;rel="index"'


def test_a_head_has_no_body() -> None:
    assert AcmeResponse(200, "text").payload(is_head=True)["body"] == ""
