"""Names of a key narrow what it may ask for, wherever the names of its team are checked with it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Team
from tests.support.api.http import Answer, Client
from tests.support.api.route_calls import CALLS, RouteCall
from tests.support.catalog.entries import a_profile, entry, store_entry
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing

KEYS = "/api/v1/api-keys"
NAMES = ["**.pay.example.com", "pay.example.com"]


def _made(world: Issuing, **fields: Any) -> Any:
    body = {"name": "ci", "role": "operator", "teams": ["t-default", "t-2"], "owner_id": "o-ci"} | fields
    made = world.stack.admin("catalog_api").post(KEYS, body)
    assert made.status == 201, made.text
    return made.body


@pytest.fixture
def key(world: Issuing) -> str:
    text: str = _made(world, names=NAMES)["key"]
    return text


@pytest.fixture
def limited(world: Issuing, key: str) -> Client:
    return world.stack.client("certificates_api", key)


def _reason(answer: Answer, field: str = "sans") -> str:
    assert answer.status == 422, answer.text
    return "; ".join(each["message"] for each in answer.body["errors"] if each["field"] == field)


def _asked(client: Client, *names: str, **fields: Any) -> Answer:
    common_name, *sans = names
    body = {"common_name": common_name, "sans": sans, "team_id": "t-default"} | fields
    return client.post(CERTIFICATES, body)


def test_a_request_has_names_of_the_key_only(limited: Client) -> None:
    assert _asked(limited, "pay.example.com", "a.pay.example.com").status == 201
    refused = _asked(limited, "pay.example.com", "www.example.com")
    assert _reason(refused).startswith("DNS:www.example.com is not among the names of this key: allowed are")


def test_a_csr_and_a_renewal_of_another_name_are_refused(world: Issuing, limited: Client) -> None:
    awaiting, active = _asked(world.api, "www.example.com").body, world.issued()
    csr = csr_pem("www.example.com", [], new_key())

    given = limited.post(f"{CERTIFICATES}/{awaiting['id']}/csr", {"csr_pem": csr})
    renewed = limited.post(f"{CERTIFICATES}/{active['id']}/renew", {"csr_pem": csr})

    assert "of this key" in _reason(given)
    assert "of this key" in _reason(renewed)
    assert world.api.post(f"{CERTIFICATES}/{awaiting['id']}/csr", {"csr_pem": csr}).status == 202


def test_it_edits_certificates_of_its_names_and_no_others(world: Issuing, limited: Client) -> None:
    store_entry(world.stack.database, entry(Kind.TEAM, "t-2", world.stack.clock(), Team("", None, ("*:*",))))
    other = f"{CERTIFICATES}/{_asked(world.api, 'www.example.com').body['id']}"
    own = f"{CERTIFICATES}/{_asked(world.api, 'pay.example.com').body['id']}"

    for change in ({"team_id": "t-2"}, {"environment": "staging"}):
        refused = limited.put(other, change)
        assert (refused.status, "of this key" in refused.body["detail"]) == (403, True)
        assert limited.put(own, change).status == 200
    assert limited.get(other).status == 200


_WRITES = [
    call
    for call in CALLS
    if call.method != "GET"
    and call.folder != "agents_api"
    and any(part in call.path for part in ("<certificate_id>", "<job_id>", "bulk-revoke", "/campaigns"))
]


@pytest.mark.parametrize("call", _WRITES, ids=lambda call: call.label)
def test_no_write_by_id_reaches_a_certificate_of_other_names(world: Issuing, call: RouteCall) -> None:
    """Each route that names a certificate, or a job of one: a new one is among them."""
    key = _made(world, role="admin", teams="*", names=["other.example.net"])["key"]
    ids: dict[str, str] = {}

    def made(issuing: Issuing) -> Mapping[str, str]:
        ids.update(call.ids(issuing))
        return ids | {"key": key}

    request = replace(call, ids=made).prepared(world)
    before = {name: world.read(each) for name, each in ids.items() if name == "certificate_id"}

    answer = request()

    assert answer.status == 403 or "of this key" in _reason(answer)
    assert {name: world.read(ids[name]) for name in before} == before


def test_the_routes_that_write_certificates_are_found() -> None:
    assert len(_WRITES) > 20


def test_it_approves_no_other_names_and_the_job_says_why(world: Issuing, key: str) -> None:
    store_entry(world.stack.database, a_profile("guarded", world.stack.clock(), requires_approval=True))
    asker = world.stack.client("certificates_api", world.stack.new_key(Role.OPERATOR, ["t-default"], "o-ann"))
    job_ids = {}
    for name in ("www.example.com", "pay.example.com"):
        csr = csr_pem(name, [], new_key())
        job_ids[name] = _asked(asker, name, profile_id="guarded", csr_pem=csr).body["job_id"]
    jobs = world.stack.client("insights_api", key)

    refused = jobs.post(f"/api/v1/jobs/{job_ids['www.example.com']}/approve")
    shown = jobs.get(f"/api/v1/jobs/{job_ids['www.example.com']}").body

    assert (refused.status, refused.body["detail"]) == (403, shown["approval"]["obstacle"])
    assert shown["status"] == "AwaitingApproval"
    assert jobs.post(f"/api/v1/jobs/{job_ids['pay.example.com']}/approve").status == 200


def test_what_the_key_makes_has_its_names_or_narrower_ones(world: Issuing) -> None:
    maker = world.stack.client("catalog_api", _made(world, names=NAMES)["key"])
    wanted = {"name": "child", "role": "operator", "teams": ["t-default"]}

    assert maker.get(f"{KEYS}/self").body["names"] == ["DNS:**.pay.example.com", "DNS:pay.example.com"]
    inherited = maker.post(KEYS, wanted).body
    assert inherited["names"] == ["DNS:**.pay.example.com", "DNS:pay.example.com"]
    assert maker.post(KEYS, wanted | {"names": ["a.pay.example.com"]}).body["names"] == [
        "DNS:a.pay.example.com"
    ]
    assert maker.post(KEYS, wanted | {"names": ["**.example.com"]}).status == 403
    child = world.stack.client("certificates_api", inherited["key"])
    assert "of this key" in _reason(_asked(child, "www.example.com"))


def test_a_key_without_names_says_null(world: Issuing) -> None:
    assert _made(world)["names"] is None


@pytest.mark.parametrize("names", [[], ["a b"], [f"{number}.example.com" for number in range(21)]])
def test_names_that_are_no_patterns_or_too_many_are_refused(world: Issuing, names: list[str]) -> None:
    body = {"name": "ci", "role": "operator", "names": names}
    answer = world.stack.admin("catalog_api").post(KEYS, body)
    assert answer.status == 422
    assert answer.body["errors"][0]["field"].startswith("names")
