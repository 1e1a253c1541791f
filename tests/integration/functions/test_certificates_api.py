"""The HTTP surface of certificates_api but for revocation: asking, reading, editing, renewing, archiving."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509

from certctl.api.pagination import encode_cursor
from certctl.crypto.pem import load_certificates
from certctl.domain.access.permissions import Role
from certctl.domain.times import to_wire
from tests.support.api.http import Answer
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, bodies

EVERYTHING: dict[str, Any] = {
    "common_name": "www.example.com",
    "id": "www-example",
    "name": "the shop",
    "sans": ["DNS:shop.example.com", "192.0.2.7", "email:ops@example.com", "URI:spiffe://example.com/shop"],
    "environment": "production",
    "owner_id": "o-shop",
    "team_id": "t-shop",
    "issuer_id": "iss-local",
    "renewal_policy_id": "rp-default",
    "profile_id": "mtls",
    "target_ids": ["t-nginx"],
    "tags": {"cost": "42"},
}


def _csr(common_name: str = "www.example.com") -> str:
    return csr_pem(common_name, [], new_key())


def _assert_problem(answer: Answer, status: int, name: str, field: str | None = None) -> None:
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.body
    assert body["type"] == f"urn:certctl:problem:{name}"
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-ID"]
    if field is not None:
        assert field in [error["field"] for error in body["errors"]]


def test_a_certificate_needs_a_common_name_and_nothing_else(world: Issuing) -> None:
    answer = world.api.post(CERTIFICATES, {"common_name": "www.example.com"})
    assert answer.status == 201
    body = answer.body
    assert body["status"] == "Pending"
    assert body["name"] == "www.example.com"
    assert body["sans"] == ["DNS:www.example.com"]
    assert body["open_job_id"] == body["job_id"]
    asked = {n: v for n, v in body.items() if n != "job_id" and not n.startswith("ignored_")}
    assert world.read(body["id"]) == asked | {
        "renewal": None,
        "revocation": None,
        "campaigns": [],
        "acme_client": None,
    }
    assert bodies("jobs") == []


def test_with_everything_it_is_issued_for_all_names(world: Issuing) -> None:
    certificate = world.issued(**EVERYTHING)
    assert certificate["status"] == "Active"
    given = {n: v for n, v in EVERYTHING.items() if n != "sans"}
    assert {name: certificate[name] for name in given} == given
    typed = ["DNS:shop.example.com", "IP:192.0.2.7", "email:ops@example.com", "URI:spiffe://example.com/shop"]
    assert certificate["sans"] == ["DNS:www.example.com", *typed]
    assert certificate["expires_at"].endswith("Z")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": "Active"}, "status"),
        ({"common_name": ""}, "common_name"),
        ({"common_name": "-bad-.example.com"}, "common_name"),
        ({"common_name": 7}, "common_name"),
        ({"id": "No Id"}, "id"),
        ({"sans": ["exa mple.com"]}, "sans"),
        ({"tags": {"a": 1}}, "tags.a"),
        ({"profile_id": "none"}, "profile_id"),
        ({"issuer_id": "iss-none"}, "issuer_id"),
        ({"csr_pem": "no PEM"}, "csr_pem"),
        ({"csr_pem": csr_pem("other.example.com")}, "csr_pem"),
    ],
)
def test_a_bad_field_is_named(world: Issuing, change: dict[str, Any], field: str) -> None:
    answer = world.api.post(CERTIFICATES, {"common_name": "www.example.com"} | change)
    assert answer.status == 422, answer.text
    assert any(error["field"].startswith(field) for error in answer.body["errors"]), answer.text


def test_the_former_name_of_the_profile_is_accepted_but_not_beside_the_new_one(world: Issuing) -> None:
    former = {"common_name": "www.example.com", "certificate_profile_id": "mtls"}
    answer = world.api.post(CERTIFICATES, former)
    assert (answer.status, answer.body["profile_id"]) == (201, "mtls")
    assert "certificate_profile_id" not in answer.body
    both = world.api.post(CERTIFICATES, former | {"profile_id": "server"})
    _assert_problem(both, 422, "invalid-input", "certificate_profile_id")


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "", "{"])
def test_a_body_that_is_not_an_object_is_refused(world: Issuing, body: str) -> None:
    assert world.api.post(CERTIFICATES, body).status in (400, 422)


def test_an_id_is_given_once(world: Issuing) -> None:
    world.created(id="www-example")
    answer = world.api.post(CERTIFICATES, {"common_name": "www.example.com", "id": "www-example"})
    _assert_problem(answer, 409, "conflict")


def test_extensions_that_no_leaf_carries_are_reported(world: Issuing) -> None:
    unwanted = x509.BasicConstraints(ca=True, path_length=None)
    pem = csr_pem("www.example.com", [], new_key(), [unwanted])
    assert world.created(csr_pem=pem).body["ignored_extensions"] == ["basicConstraints"]


def test_must_staple_is_refused_and_not_dropped(world: Issuing) -> None:
    must_staple = x509.TLSFeature([x509.TLSFeatureType.status_request])
    pem = csr_pem("www.example.com", [], new_key(), [must_staple])
    answer = world.api.post(CERTIFICATES, {"common_name": "www.example.com", "csr_pem": pem})
    assert answer.status == 422
    assert [(each["field"], "must-staple" in each["message"]) for each in answer.body["errors"]] == [
        ("csr_pem", True)
    ]


def test_a_repeat_with_its_idempotency_key_is_answered_and_not_done(world: Issuing) -> None:
    body = {"common_name": "www.example.com", "csr_pem": _csr()}
    first = world.api.post(CERTIFICATES, body, Idempotency_Key="k-1")
    again = world.api.post(CERTIFICATES, body, Idempotency_Key="k-1")
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(world.api.get(CERTIFICATES).body["data"]) == 1
    other = world.api.post(CERTIFICATES, body | {"name": "other"}, Idempotency_Key="k-1")
    _assert_problem(other, 422, "invalid-input", "header.Idempotency-Key")


def test_an_unknown_certificate_is_not_found_by_any_route(world: Issuing) -> None:
    one = f"{CERTIFICATES}/mc-none"
    calls = [
        ("GET", one, None),
        ("PUT", one, {}),
        ("DELETE", one, None),
        ("GET", f"{one}/versions", None),
        ("GET", f"{one}/export/pem", None),
        ("POST", f"{one}/renew", None),
        ("POST", f"{one}/csr", {"csr_pem": _csr()}),
        ("POST", f"{one}/revoke", None),
        ("POST", f"{one}/versions/0a/revoke", None),
        ("POST", f"{one}/unhold", None),
    ]
    for method, path, body in calls:
        _assert_problem(world.api.send(method, path, body), 404, "not-found")


def test_an_edit_changes_what_it_names(world: Issuing) -> None:
    certificate = world.issued(**EVERYTHING)
    answer = world.api.send("PUT", f"{CERTIFICATES}/{certificate['id']}", {"tags": {}, "name": "renamed"})
    assert answer.status == 200
    changed = {"tags": {}, "name": "renamed", "version": certificate["version"] + 1}
    assert answer.body | {"updated_at": ""} == certificate | changed | {"updated_at": ""}
    assert world.read(certificate["id"]) == answer.body


def _plan(world: Issuing, certificate_id: str) -> Any:
    return world.read(certificate_id)["renewal"]


def test_a_certificate_shows_when_it_is_renewed_and_when_its_alert_is_sent(world: Issuing) -> None:
    """rp-default: 30 days before the end; an alert once a fifth of that has passed without a new version."""
    certificate = world.issued()
    ends = datetime.fromisoformat(certificate["expires_at"])

    plan = _plan(world, certificate["id"])

    assert plan["renew_at"] == to_wire(ends - timedelta(days=30))
    assert plan["alert_at"] == to_wire(ends - timedelta(days=24))


def test_nothing_is_planned_without_a_version_and_for_what_is_held_or_has_ended(world: Issuing) -> None:
    pending = world.created(csr_pem=None).body["id"]
    held, revoked = world.issued()["id"], world.issued()["id"]
    world.api.post(f"{CERTIFICATES}/{held}/revoke", {"reason": "certificateHold"})
    world.api.post(f"{CERTIFICATES}/{revoked}/revoke", {"reason": "superseded"})

    assert [_plan(world, each) for each in (pending, held, revoked)] == [None, None, None]


def test_no_second_renewal_is_planned_while_one_is_open(world: Issuing) -> None:
    certificate = world.issued()
    assert world.api.post(f"{CERTIFICATES}/{certificate['id']}/renew").status == 202

    plan = _plan(world, certificate["id"])

    assert (plan["renew_at"], plan["alert_at"]) == (None, certificate["renewal"]["alert_at"])


@pytest.mark.parametrize(
    "field", ["status", "common_name", "sans", "issuer_id", "serial_number", "lifecycle"]
)
def test_names_issuer_and_status_are_not_edited(world: Issuing, field: str) -> None:
    certificate_id = world.created().body["id"]
    answer = world.api.send("PUT", f"{CERTIFICATES}/{certificate_id}", {field: "Active"})
    _assert_problem(answer, 422, "invalid-input", field)


def test_a_certificate_moves_only_to_a_team_in_reach(world: Issuing) -> None:
    certificate_id = world.created(team_id="t-shop").body["id"]
    operator = world.as_role(Role.OPERATOR, "t-shop")
    path = f"{CERTIFICATES}/{certificate_id}"
    _assert_problem(operator.send("PUT", path, {"team_id": "t-other"}), 404, "not-found")
    assert operator.send("PUT", path, {"environment": "staging"}).status == 200


def test_the_pem_is_the_leaf_and_then_its_issuer(world: Issuing) -> None:
    certificate = world.issued()
    answer = world.api.get(f"{CERTIFICATES}/{certificate['id']}/export/pem")
    assert answer.headers["Content-Type"] == "application/x-pem-file"
    leaf, issuer = load_certificates(answer.text)
    assert f"{leaf.serial_number:x}" == certificate["serial_number"].lstrip("0")
    leaf.verify_directly_issued_by(issuer)


def test_there_is_no_pem_before_the_first_version(world: Issuing) -> None:
    certificate_id = world.created(csr_pem=None).body["id"]
    _assert_problem(world.api.get(f"{CERTIFICATES}/{certificate_id}/export/pem"), 404, "not-found")


def test_versions_come_newest_first_page_by_page(world: Issuing) -> None:
    certificate = world.issued()
    serials = [certificate["serial_number"]]
    for _ in range(2):
        world.stack.clock.advance(timedelta(seconds=1))
        serials.insert(0, world.rekeyed(certificate["id"])["serial_number"])
    path, found = f"{CERTIFICATES}/{certificate['id']}/versions", []
    query: dict[str, str] = {"per_page": "1"}
    while True:
        page = world.api.get(path, **query).body
        assert page["per_page"] == 1
        found += page["data"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert [version["serial_number"] for version in found] == serials
    assert all(len(load_certificates(version["pem_chain"])) == 2 for version in found)
    assert all("revoked_at" not in version for version in found)


@pytest.mark.parametrize(
    "query", [{"per_page": "0"}, {"per_page": "501"}, {"cursor": "x"}, {"cursor": "e30"}]
)
def test_bad_pages_of_versions_are_refused(world: Issuing, query: dict[str, str]) -> None:
    certificate_id = world.created().body["id"]
    answer = world.api.get(f"{CERTIFICATES}/{certificate_id}/versions", **query)
    _assert_problem(answer, 422, "invalid-input")


def test_a_cursor_of_another_list_is_refused(world: Issuing) -> None:
    certificate_id = world.created().body["id"]
    cursor = encode_cursor({"after": "pem#0a"}) or ""
    answer = world.api.get(f"{CERTIFICATES}/{certificate_id}/versions", cursor=cursor)
    _assert_problem(answer, 422, "invalid-input", "query.cursor")


def test_a_renewal_with_a_csr_is_signed_at_once(world: Issuing) -> None:
    certificate = world.issued()
    path = f"{CERTIFICATES}/{certificate['id']}/renew"
    answer = world.api.post(path, {"csr_pem": _csr()})
    assert answer.status == 202
    assert set(answer.body) == {"job_id", "ignored_extensions", "ignored_subject"}
    _assert_problem(world.api.post(path, {"csr_pem": _csr()}), 409, "conflict")
    world.work()
    renewed = world.read(certificate["id"])
    assert renewed["serial_number"] != certificate["serial_number"]
    assert renewed["last_renewal_at"] is not None
    assert renewed["status"] == "Active"


@pytest.mark.parametrize("body", [None, {}, {"csr_pem": None}])
def test_a_renewal_without_a_csr_awaits_one(world: Issuing, body: Any) -> None:
    certificate = world.issued()
    answer = world.api.post(f"{CERTIFICATES}/{certificate['id']}/renew", body)
    assert answer.status == 202
    assert world.read(certificate["id"])["status"] == "RenewalInProgress"
    given = world.api.post(f"{CERTIFICATES}/{certificate['id']}/csr", {"csr_pem": _csr()})
    assert (given.status, given.body["job_id"]) == (202, answer.body["job_id"])
    world.work()
    assert world.read(certificate["id"])["serial_number"] != certificate["serial_number"]


def test_a_csr_goes_to_a_job_that_awaits_one_only(world: Issuing) -> None:
    certificate = world.issued()
    path = f"{CERTIFICATES}/{certificate['id']}/csr"
    _assert_problem(world.api.post(path, {"csr_pem": _csr()}), 409, "conflict")
    awaiting = world.created(csr_pem=None).body
    path = f"{CERTIFICATES}/{awaiting['id']}/csr"
    _assert_problem(world.api.post(path), 422, "invalid-input")
    _assert_problem(
        world.api.post(path, {"csr_pem": _csr("other.example.com")}), 422, "csr-rejected", "csr_pem"
    )
    assert world.api.post(path, {"csr_pem": _csr()}).status == 202


def test_what_is_valid_is_not_archived_by_chance(world: Issuing) -> None:
    certificate = world.issued()
    path = f"{CERTIFICATES}/{certificate['id']}"
    refused = world.api.delete(path)
    _assert_problem(refused, 409, "conflict")
    assert "?revoke=" in refused.body["detail"]
    assert world.api.send("DELETE", path, query={"keep_valid": "true"}).status == 204
    assert world.read(certificate["id"])["status"] == "Archived"
    assert world.api.delete(path).status == 204


def test_what_was_never_issued_is_archived_and_its_job_ends(world: Issuing) -> None:
    created = world.created(csr_pem=None).body
    answer = world.api.delete(f"{CERTIFICATES}/{created['id']}")
    assert (answer.status, answer.text) == (204, "")
    assert world.read(created["id"])["open_job_id"] is None
    job = world.stack.admin("insights_api").get(f"/api/v1/jobs/{created['job_id']}").body
    assert job["status"] == "Cancelled"


def test_deleting_with_a_reason_revokes(world: Issuing) -> None:
    certificate = world.issued()
    path = f"{CERTIFICATES}/{certificate['id']}"
    _assert_problem(
        world.api.send("DELETE", path, query={"revoke": "boredom"}), 422, "invalid-input", "reason"
    )
    assert world.api.send("DELETE", path, query={"revoke": "superseded"}).status == 204
    revoked = world.read(certificate["id"])
    assert (revoked["status"], revoked["revocation_reason"]) == ("Revoked", "superseded")


def test_a_certificate_of_another_team_is_not_there(world: Issuing) -> None:
    certificate = world.issued(team_id="t-shop")
    stranger = world.as_role(Role.OPERATOR, "t-other")
    for path in ("", "/versions", "/export/pem"):
        _assert_problem(stranger.get(f"{CERTIFICATES}/{certificate['id']}{path}"), 404, "not-found")
    _assert_problem(stranger.post(f"{CERTIFICATES}/{certificate['id']}/revoke"), 404, "not-found")
    taken = stranger.post(CERTIFICATES, {"common_name": "x.example.com", "team_id": "t-shop"})
    _assert_problem(taken, 404, "not-found")


def test_an_operator_of_one_team_makes_certificates_for_it(world: Issuing) -> None:
    answer = world.as_role(Role.OPERATOR, "t-shop").post(CERTIFICATES, {"common_name": "x.example.com"})
    assert (answer.status, answer.body["team_id"]) == (201, "t-shop")
