"""A profile that requires approval: by another person, never by the requester, of exactly what is issued."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.kinds import IssuerType
from certctl.store.catalog.records import CatalogStore
from tests.support.api.http import Answer, Client
from tests.support.catalog.entries import a_profile, entry, store_entry, store_referred
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, bodies

JOBS = "/api/v1/jobs"


@pytest.fixture(autouse=True)
def profile(world: Issuing) -> None:
    store_entry(world.stack.database, a_profile("guarded", world.stack.clock(), requires_approval=True))


class People:
    """Operators of the default team: each a key, with the owner that it is of."""

    def __init__(self, world: Issuing) -> None:
        self._stack = world.stack

    def key(self, owner_id: str | None = None) -> str:
        return self._stack.new_key(Role.OPERATOR, ["t-default"], owner_id=owner_id)

    def certificates(self, key: str) -> Client:
        return self._stack.client("certificates_api", key)

    def catalog(self, key: str) -> Client:
        return self._stack.client("catalog_api", key)

    def jobs(self, key: str) -> Client:
        return self._stack.client("insights_api", key)

    def approve(self, key: str, job_id: str) -> Answer:
        return self.jobs(key).post(f"{JOBS}/{job_id}/approve")


@pytest.fixture
def people(world: Issuing) -> People:
    return People(world)


def _csr() -> str:
    return csr_pem("www.example.com", [], new_key())


def _asked(people: People, key: str, **fields: Any) -> Any:
    body = {"common_name": "www.example.com", "profile_id": "guarded"} | fields
    answer = people.certificates(key).post(CERTIFICATES, body)
    assert answer.status == 201, answer.text
    return answer.body


def _job(people: People, key: str, job_id: str) -> Any:
    return people.jobs(key).get(f"{JOBS}/{job_id}").body


def test_it_waits_until_another_approves_and_is_issued_then(world: Issuing, people: People) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    certificate = _asked(people, ann, csr_pem=_csr())
    world.work()
    waiting = _job(people, ann, certificate["job_id"])
    assert (waiting["status"], waiting["needs_approval"]) == ("AwaitingApproval", True)
    assert world.read(certificate["id"])["status"] == "Pending"

    approved = people.approve(bob, certificate["job_id"])
    world.work()

    assert (approved.status, approved.body["status"]) == (200, "Pending")
    assert world.read(certificate["id"])["status"] == "Active"
    assert _job(people, ann, certificate["job_id"])["approved_by"].startswith("key-")


def test_requesters_do_not_approve_with_any_of_their_keys(world: Issuing, people: People) -> None:
    ann, also_ann = people.key("o-ann"), people.key("o-ann")
    certificate = _asked(people, ann, csr_pem=_csr())

    for key in (ann, also_ann):
        answer = people.approve(key, certificate["job_id"])
        assert (answer.status, answer.body["type"]) == (403, "urn:certctl:problem:second-person-required")

    assert _job(people, ann, certificate["job_id"])["status"] == "AwaitingApproval"
    world.work()
    assert world.read(certificate["id"])["status"] == "Pending"


def test_a_later_csr_awaits_approval_which_its_sender_may_not_give(world: Issuing, people: People) -> None:
    ann, bob, eve = people.key("o-ann"), people.key("o-bob"), people.key("o-eve")
    certificate = _asked(people, ann)
    assert _job(people, ann, certificate["job_id"])["status"] == "AwaitingCSR"
    assert people.approve(eve, certificate["job_id"]).status == 409

    given = people.certificates(bob).post(f"{CERTIFICATES}/{certificate['id']}/csr", {"csr_pem": _csr()})
    world.work()

    assert given.status == 202
    assert _job(people, ann, certificate["job_id"])["status"] == "AwaitingApproval"
    assert people.approve(bob, certificate["job_id"]).status == 403
    assert people.approve(ann, certificate["job_id"]).status == 403
    assert people.approve(eve, certificate["job_id"]).status == 200
    world.work()
    assert world.read(certificate["id"])["status"] == "Active"


def test_a_renewal_awaits_approval_too(world: Issuing, people: People) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    certificate = _asked(people, ann, csr_pem=_csr())
    people.approve(bob, certificate["job_id"])
    world.work()
    before = world.read(certificate["id"])["serial_number"]

    renewal = (
        people.certificates(ann).post(f"{CERTIFICATES}/{certificate['id']}/renew", {"csr_pem": _csr()}).body
    )
    world.work()

    assert world.read(certificate["id"])["serial_number"] == before
    assert people.approve(ann, renewal["job_id"]).status == 403
    assert people.approve(bob, renewal["job_id"]).status == 200
    world.work()
    assert world.read(certificate["id"])["serial_number"] != before


def test_an_approved_request_cannot_be_edited(world: Issuing, people: People) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    store_referred(world.stack.database, world.stack.clock(), {"target_ids": ["tgt-1"]})
    certificate = _asked(people, ann, csr_pem=_csr())
    path, api = f"{CERTIFICATES}/{certificate['id']}", people.certificates(ann)

    for change in ({"environment": "production"}, {"target_ids": ["tgt-1"]}):
        refused = api.send("PUT", path, change)
        assert refused.status == 409, refused.text
        assert certificate["job_id"] in refused.body["detail"]

    people.approve(bob, certificate["job_id"])
    assert api.send("PUT", path, {"environment": "production"}).status == 409
    world.work()
    assert api.send("PUT", path, {"environment": "production"}).status == 200


def test_what_is_disabled_by_now_is_not_approved_and_its_job_has_failed_with_an_alert(
    world: Issuing, people: People, channel: None
) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    certificate = _asked(people, ann, csr_pem=_csr())
    disabled = Issuer(IssuerType.GENERIC_CA, {}, enabled=False)
    stored = entry(Kind.ISSUER, "iss-local", world.stack.clock(), disabled)
    world.stack.database.transact(CatalogStore(world.stack.database).create_steps(stored))
    world.stack.restart()

    refused = people.approve(bob, certificate["job_id"])
    world.work()

    assert (refused.status, refused.body["type"]) == (422, "urn:certctl:problem:invalid-input")
    assert refused.body["errors"] == [{"field": "issuer_id", "message": "the issuer iss-local is disabled"}]
    job = _job(people, ann, certificate["job_id"])
    assert (job["status"], job["last_error"]) == ("Failed", "the issuer iss-local is disabled")
    assert world.read(certificate["id"])["status"] == "Failed"
    assert len(bodies("notifications")) == 1
    assert people.approve(bob, certificate["job_id"]).status == 409


def test_a_rejected_job_is_cancelled_and_is_neither_approved_nor_rejected_again(
    world: Issuing, people: People
) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    job_id = _asked(people, ann, csr_pem=_csr())["job_id"]

    assert people.jobs(bob).post(f"{JOBS}/{job_id}/reject").body["status"] == "Cancelled"

    for act in ("approve", "reject", "cancel"):
        assert people.jobs(bob).post(f"{JOBS}/{job_id}/{act}").status == 409
    world.work()
    assert _job(people, ann, job_id)["status"] == "Cancelled"


def test_a_job_that_was_open_before_the_profile_demanded_approval_awaits_it(
    world: Issuing, people: People
) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    store_entry(world.stack.database, a_profile("plain", world.stack.clock()))
    certificate = _asked(people, ann, csr_pem=_csr(), profile_id="plain")
    catalog, now = CatalogStore(world.stack.database), world.stack.clock()
    before = catalog.get(Kind.PROFILE, "plain")
    assert before is not None
    after = a_profile("plain", now, requires_approval=True)
    world.stack.database.transact(catalog.replace_steps(before, after))
    world.stack.restart()

    world.work()

    assert _job(people, ann, certificate["job_id"])["status"] == "AwaitingApproval"
    assert people.approve(ann, certificate["job_id"]).status == 403
    assert people.approve(bob, certificate["job_id"]).status == 200
    world.work()
    assert world.read(certificate["id"])["status"] == "Active"


def test_nothing_is_signed_once_the_wait_for_approval_is_over(world: Issuing, people: People) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    certificate = _asked(people, ann, csr_pem=_csr())
    world.stack.clock.advance(timedelta(hours=168, seconds=1))

    MaintenanceSchedule(world.stack.overrides).due_jobs.run(lambda: True)

    assert _job(people, ann, certificate["job_id"])["status"] == "Failed"
    assert people.approve(bob, certificate["job_id"]).status == 409
    assert world.read(certificate["id"])["status"] == "Failed"


def _child(people: People, parent: str, **fields: Any) -> str:
    """A key that `parent` makes."""
    keys = people.catalog(parent)
    made = keys.post("/api/v1/api-keys", {"name": "other", "role": "admin", "teams": "*"} | fields)
    assert made.status == 201, made.text
    text: str = made.body["key"]
    return text


def test_an_administrators_own_keys_do_not_approve_its_requests(world: Issuing, people: People) -> None:
    asker = world.stack.new_key(Role.ADMIN)
    child = _child(people, asker)
    job_id = _asked(people, asker, csr_pem=_csr())["job_id"]

    assert [people.approve(key, job_id).status for key in (asker, child)] == [403, 403]


def test_an_administrator_does_not_approve_requests_of_its_own_keys(world: Issuing, people: People) -> None:
    admin = world.stack.new_key(Role.ADMIN)
    child = _child(people, admin, role="operator", teams=["t-default"])
    job_id = _asked(people, child, csr_pem=_csr())["job_id"]

    assert people.approve(admin, job_id).status == 403


def test_nor_what_they_gave_the_signing_request_of(world: Issuing, people: People) -> None:
    admin = world.stack.new_key(Role.ADMIN)
    certificate = _asked(people, people.key("o-ann"))
    path = f"{CERTIFICATES}/{certificate['id']}/csr"
    given = people.certificates(_child(people, admin)).post(path, {"csr_pem": _csr()})

    assert given.status == 202
    assert people.approve(admin, certificate["job_id"]).status == 403
    assert people.approve(people.key("o-bob"), certificate["job_id"]).status == 200


def test_keys_that_one_administrator_made_for_no_owner_are_its_own(world: Issuing, people: People) -> None:
    admin = world.stack.new_key(Role.ADMIN)
    one, other = (_child(people, admin, role="operator", teams=["t-default"]) for _ in range(2))
    job_id = _asked(people, one, csr_pem=_csr())["job_id"]

    assert people.approve(other, job_id).status == 403


def test_keys_that_one_administrator_made_for_two_people_approve_each_others(
    world: Issuing, people: People
) -> None:
    admin = world.stack.new_key(Role.ADMIN)
    ann, bob = (
        _child(people, admin, role="operator", teams=["t-default"], owner_id=owner)
        for owner in ("o-ann", "o-bob")
    )
    job_id = _asked(people, ann, csr_pem=_csr())["job_id"]

    assert people.approve(bob, job_id).status == 200


def test_a_key_made_for_an_owner_is_that_owners(world: Issuing, people: People) -> None:
    admin = world.stack.new_key(Role.ADMIN)
    bob = _child(people, admin, role="operator", teams=["t-default"], owner_id="o-bob")
    job_id = _asked(people, admin, csr_pem=_csr())["job_id"]

    assert people.approve(bob, job_id).status == 200


def test_who_made_the_key_of_another_person_does_not_approve_what_it_asked_for(
    world: Issuing, people: People
) -> None:
    """The maker knew that key, and may have asked with it."""
    admin = world.stack.new_key(Role.ADMIN)
    bob = _child(people, admin, role="operator", teams=["t-default"], owner_id="o-bob")
    job_id = _asked(people, bob, csr_pem=_csr())["job_id"]

    refused = people.approve(admin, job_id)

    assert (refused.status, refused.body["type"]) == (403, "urn:certctl:problem:second-person-required")
    assert _job(people, admin, job_id)["approval"]["obstacle"] == refused.body["detail"]
    assert people.approve(people.key("o-ann"), job_id).status == 200


def test_nor_does_another_key_of_the_makers_owner(world: Issuing, people: People) -> None:
    admin, also_hers = (world.stack.new_key(Role.ADMIN, owner_id="o-ann") for _ in range(2))
    bob = _child(people, admin, role="operator", teams=["t-default"], owner_id="o-bob")
    job_id = _asked(people, bob, csr_pem=_csr())["job_id"]

    assert people.approve(also_hers, job_id).status == 403


def test_nor_who_made_the_key_that_gave_the_signing_request(world: Issuing, people: People) -> None:
    admin = world.stack.new_key(Role.ADMIN)
    bob = _child(people, admin, role="operator", teams=["t-default"], owner_id="o-bob")
    certificate = _asked(people, people.key("o-ann"))
    given = people.certificates(bob).post(f"{CERTIFICATES}/{certificate['id']}/csr", {"csr_pem": _csr()})

    assert given.status == 202
    assert people.approve(admin, certificate["job_id"]).status == 403
    assert people.approve(people.key("o-eve"), certificate["job_id"]).status == 200


def test_a_key_without_the_attribute_is_nobodys_child(world: Issuing, people: People) -> None:
    """An earlier release made such keys."""
    old = world.stack.new_key(Role.ADMIN)
    job_id = _asked(people, world.stack.new_key(Role.ADMIN), csr_pem=_csr())["job_id"]

    assert people.approve(old, job_id).status == 200


def test_an_approver_sees_who_asked_the_request_and_what_the_checks_find(
    world: Issuing, people: People
) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    job_id = _asked(people, ann, csr_pem=_csr())["job_id"]
    for policy_id, severity in (("p-allowed", "Error"), ("p-warned", "Warning")):
        config = {"domains": ["*.example.org"]}
        body = {"id": policy_id, "name": policy_id, "type": "AllowedDomains", "severity": severity}
        made = people.catalog(world.stack.new_key(Role.ADMIN)).post(
            "/api/v1/policies", body | {"config": config}
        )
        assert made.status == 201, made.text
    world.stack.restart()

    approval = _job(people, bob, job_id)["approval"]

    assert approval["requested_by_name"] == "operator of t-default"
    assert (approval["approved_by_name"], approval["is_requested_by_caller"]) == (None, False)
    assert approval["csr"]["common_name"] == "www.example.com"
    assert approval["csr"]["names"] == ["DNS:www.example.com"]
    assert (approval["csr"]["key_type"], len(approval["csr"]["key_sha256"])) == ("ECDSA-P256", 64)
    assert approval["problems"] == []
    found = [(each["policy_id"], each["severity"], each["refuses"]) for each in approval["policies"]]
    assert sorted(found) == [("p-allowed", "Error", True), ("p-warned", "Warning", False)]
    assert "www.example.com" in approval["policies"][0]["message"]
    assert approval["obstacle"] is None
    of_the_requester = _job(people, ann, job_id)["approval"]
    assert of_the_requester["is_requested_by_caller"] is True
    assert of_the_requester["obstacle"].startswith("You cannot approve a job that you requested")


def test_once_approved_the_approver_is_named_and_a_job_without_approval_says_nothing_of_it(
    world: Issuing, people: People
) -> None:
    ann, bob = people.key("o-ann"), people.key("o-bob")
    job_id = _asked(people, ann, csr_pem=_csr())["job_id"]
    people.approve(bob, job_id)
    store_entry(world.stack.database, a_profile("plain", world.stack.clock()))
    other = _asked(people, ann, csr_pem=_csr(), profile_id="plain")["job_id"]

    approval = _job(people, ann, job_id)["approval"]

    assert approval["approved_by_name"] is not None
    assert (approval["problems"], approval["policies"]) == ([], [])
    assert _job(people, ann, other)["approval"] is None


def test_of_two_approvals_everyone_sees_how_many_there_are_and_whose(world: Issuing, people: People) -> None:
    store_entry(
        world.stack.database,
        a_profile("double", world.stack.clock(), requires_approval=True, approvals_required=2),
    )
    ann, bob, eve = people.key("o-ann"), people.key("o-bob"), people.key("o-eve")
    job_id = _asked(people, ann, csr_pem=_csr(), profile_id="double")["job_id"]

    first = people.approve(bob, job_id)
    seen_by_bob = _job(people, bob, job_id)
    again = people.approve(bob, job_id)
    listed = people.jobs(eve).get(JOBS, status="AwaitingApproval").body["data"]
    last = people.approve(eve, job_id)

    jobs = (first.body, *listed, last.body)
    counts = [(each["approvals_given"], each["approvals_required"]) for each in jobs]
    assert counts == [(1, 2), (1, 2), (2, 2)]
    assert (first.body["status"], first.body["approved_by"]) == ("AwaitingApproval", None)
    [given] = seen_by_bob["approval"]["given"]
    assert given["approved_by_name"] == "operator of t-default"
    assert (again.status, again.body["detail"]) == (403, seen_by_bob["approval"]["obstacle"])
    assert (last.status, last.body["status"]) == (200, "Pending")
