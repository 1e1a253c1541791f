"""The caller's address behind CloudFront, and requests past it, as the deployed functions treat them."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.services.audit.api_calls import SAMPLES_PER_SOURCE
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import api_modules

KEYS = "/api/v1/api-keys"
SECRET, NEXT_SECRET = "s" * 64, "n" * 64
CLOUDFRONT = "130.176.0.1"
PATHS = {
    "agents_api": "/api/v1/agent/work",
    "catalog_api": KEYS,
    "certificates_api": "/api/v1/certificates",
    "identity_api": "/api/v1/auth/session",
    "insights_api": "/api/v1/jobs",
    "notifications_api": "/api/v1/notifications",
    "inventory_api": "/api/v1/inventory/certificates",
    "public_api": "/.well-known/pki/ca/iss-local",
}


@pytest.fixture
def edge(stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """A stack with the variables of a rotation of the secret."""
    monkeypatch.setenv("CERTCTL_ORIGIN_SECRETS", f"{SECRET} {NEXT_SECRET}")
    return stack


@pytest.fixture
def only_edge(edge: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """A stack with the variables of a web ACL."""
    monkeypatch.setenv("CERTCTL_EDGE_ONLY", "1")
    return edge


def through_cloudfront(viewer: str, secret: str = SECRET) -> dict[str, Any]:
    forwarded = f"192.0.2.66, {viewer}, {CLOUDFRONT}"
    headers = {"x-certctl-origin": secret, "x-certctl-client": viewer, "x-forwarded-for": forwarded}
    return {"headers": headers, "source_ip": CLOUDFRONT}


def recorded(stack: Deployed, **wanted: str) -> list[dict[str, Any]]:
    query = {"resource_type": "api", "per_page": "500"} | wanted
    events = stack.admin("insights_api").send(
        "GET", "/api/v1/audit", query=query, headers={"x-certctl-origin": SECRET}
    )
    return [event["details"] for event in events.body["data"]]


@pytest.mark.parametrize("viewer", ["203.0.113.9", "2001:db8::9"])
@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET])
def test_a_call_through_cloudfront_is_recorded_with_the_caller_s_address(
    edge: Deployed, viewer: str, secret: str
) -> None:
    text, key_id = edge.new_key_and_id(Role.AUDITOR)
    answer = edge.client("insights_api", text).send(
        "GET", "/api/v1/stats/summary", **through_cloudfront(viewer, secret)
    )
    assert answer.status == 200
    assert [call["source_ip"] for call in recorded(edge, actor=key_id)] == [viewer]


@pytest.mark.parametrize("shown", [None, "", "none", "guess", SECRET[:-1]])
def test_a_caller_who_goes_past_cloudfront_cannot_choose_an_address(
    edge: Deployed, shown: str | None
) -> None:
    text, key_id = edge.new_key_and_id(Role.AUDITOR)
    origin = {} if shown is None else {"X-Certctl-Origin": shown}
    headers = origin | {"X-Certctl-Client": "203.0.113.9", "X-Forwarded-For": "203.0.113.9"}
    edge.client("insights_api", text).send("GET", "/api/v1/stats/summary", headers=headers)
    assert [call["source_ip"] for call in recorded(edge, actor=key_id)] == ["198.51.100.7"]


def test_a_flood_by_one_caller_does_not_use_up_the_samples_of_the_others(edge: Deployed) -> None:
    for _ in range(SAMPLES_PER_SOURCE + 5):
        edge.client("catalog_api").send("GET", KEYS, **through_cloudfront("203.0.113.9"))
    edge.client("catalog_api").send("GET", KEYS, **through_cloudfront("2001:db8::9"))
    sources = [call["source_ip"] for call in recorded(edge, actor="anonymous")]
    assert sources.count("203.0.113.9") == SAMPLES_PER_SOURCE
    assert sources.count("2001:db8::9") == 1


def test_every_api_function_has_a_path_here() -> None:
    assert PATHS.keys() == api_modules().keys()


@pytest.mark.parametrize("folder", sorted(PATHS))
def test_behind_a_web_acl_a_direct_request_is_refused_before_its_key_is_looked_at(
    only_edge: Deployed, folder: str
) -> None:
    for client in (only_edge.admin(folder), only_edge.client(folder)):
        answer = client.get(PATHS[folder])
        assert (answer.status, answer.headers["Content-Type"]) == (403, "application/problem+json")
        assert len(answer.text) < 400
        assert "direct" in answer.body["detail"]
    refused = recorded(only_edge, actor="anonymous")
    assert [(call["status"], call["source_ip"], call["role"]) for call in refused] == [
        (403, "198.51.100.7", None)
    ] * 2


@pytest.mark.parametrize("path", ["/health", "/ready", "/.well-known/acme-challenge/t", "/nothing"])
def test_behind_a_web_acl_nothing_is_answered_directly(only_edge: Deployed, path: str) -> None:
    assert only_edge.client("public_api").get(path).status == 403
    passed_on = only_edge.client("public_api").send("GET", path, **through_cloudfront("203.0.113.9"))
    assert passed_on.status != 403


def test_behind_a_web_acl_refusals_are_sampled_like_other_anonymous_ones(only_edge: Deployed) -> None:
    for _ in range(SAMPLES_PER_SOURCE + 5):
        only_edge.client("catalog_api").get(KEYS)
    assert len(recorded(only_edge, actor="anonymous")) == SAMPLES_PER_SOURCE


def test_behind_a_web_acl_a_request_through_cloudfront_is_served(only_edge: Deployed) -> None:
    answer = only_edge.admin("catalog_api").send("GET", KEYS, **through_cloudfront("203.0.113.9"))
    assert answer.status == 200
