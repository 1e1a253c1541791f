"""Whatever is wrong with a request: a problem document with a request id, and an audit row."""

from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, wait_for

BAD_KEY = "certctl_" + "x" * 43


@dataclass(frozen=True)
class Wrong:
    method: str
    path: str
    status: tuple[int, ...]
    options: dict[str, Any]


WRONG = {
    "no key": Wrong("GET", "/api/v1/certificates", (401,), {"key": None}),
    "a bad key": Wrong("GET", "/api/v1/certificates", (401,), {"key": BAD_KEY}),
    "a bad reason": Wrong("POST", "/api/v1/certificates/mc-x/revoke", (422,), {"body": {"reason": "bored"}}),
    "two megabytes": Wrong("POST", "/api/v1/certificates", (413,), {"data": b"x" * 2_000_000}),
    "malformed JSON": Wrong("POST", "/api/v1/certificates", (400, 422), {"data": b'{"common_name": '}),
    "a garbage cursor": Wrong("GET", "/api/v1/certificates?cursor=garbage!", (422,), {}),
    "an empty page": Wrong("GET", "/api/v1/certificates?per_page=0", (422,), {}),
    "an unknown route": Wrong("GET", "/api/v1/nonsense", (404,), {}),
    "an unknown route outside the API": Wrong("GET", "/nonsense", (404,), {}),
    "a missing record": Wrong("GET", "/api/v1/certificates/mc-nothing", (404,), {}),
    "no common name": Wrong("POST", "/api/v1/certificates", (422,), {"body": {}}),
    "a status": Wrong("PUT", "/api/v1/certificates/mc-x", (422,), {"body": {"status": "Active"}}),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_it_is_a_problem_document_with_a_request_id(local_stack: LocalStack, wrong: Wrong) -> None:
    answer = local_stack.call(wrong.method, wrong.path, **wrong.options)

    assert_problem(answer, wrong.status)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_it_is_audited(local_stack: LocalStack, wrong: Wrong) -> None:
    answer = local_stack.call(wrong.method, wrong.path, **wrong.options)

    request_id = answer.headers["X-Request-ID"]
    assert wait_for(lambda: request_id in audited_requests(local_stack), f"the audit row of {request_id}")


def test_a_viewer_may_not_revoke(journey: Journey) -> None:
    key = minted(journey, "viewer", "*")

    answer = journey.post("mc-x/revoke", {"reason": "superseded"}, key=key)

    assert_problem(answer, (403,))


def test_another_teams_certificate_is_not_there(journey: Journey) -> None:
    journey.stack.call(
        "POST", "/api/v1/teams", {"id": "t-other", "name": "the others", "allowed_names": ["*:*"]}
    )
    foreign = journey.issued(team_id="t-other")
    key = minted(journey, "operator", ["t-own"])

    read = journey.stack.call("GET", f"/api/v1/certificates/{foreign.id}", key=key)
    revoked = journey.post(f"{foreign.id}/revoke", {"reason": "superseded"}, key=key)

    assert_problem(read, (404,))
    assert_problem(revoked, (404,))
    assert journey.certificate(foreign.id)["status"] == "Active"


def test_a_revoked_key_is_refused_at_once_where_it_matters(journey: Journey) -> None:
    made = journey.stack.call(
        "POST", "/api/v1/api-keys", {"name": "short-lived", "role": "operator", "teams": "*"}
    ).json()
    journey.stack.call("DELETE", f"/api/v1/api-keys/{made['id']}")

    answer = journey.post("mc-x/revoke", {"reason": "superseded"}, key=made["key"])

    assert_problem(answer, (401,))


def minted(journey: Journey, role: str, teams: object) -> str:
    body = {"name": f"{role} of a test", "role": role, "teams": teams}
    answer = journey.stack.call("POST", "/api/v1/api-keys", body)
    assert answer.status_code == 201, answer.text
    key: str = answer.json()["key"]
    return key


def assert_problem(answer: requests.Response, statuses: tuple[int, ...]) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert {"type", "title", "detail"} <= problem.keys()


def audited_requests(stack: LocalStack) -> set[str]:
    events = stack.get("/api/v1/audit", params={"resource_type": "api", "per_page": 200})["data"]
    return {event["details"]["request_id"] for event in events}
