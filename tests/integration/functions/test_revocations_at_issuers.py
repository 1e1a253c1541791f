"""Lists of revocations have those at external issuers, with what these confirmed."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.issuing.external_cas import external_ca_id
from examples.lab_ca import LAB_CA, Lab, LabIssuers
from functions.external_issuer_worker.app import lambda_handler as external_issuer_worker
from tests.support.catalog.catalog import PATHS, a_body
from tests.support.catalog.fictitious import KINDS
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing, received

RECORDS = "/api/v1/revocations"
CONFIG = {"server": "https://lab.example.com", "credentials": {"password": "certctl/blue/issuers/lab"}}


@pytest.fixture
def control(stack: Deployed) -> Iterator[Issuing]:
    """A stack with a kind of external issuer more."""
    stack.kinds, stack.issuers = KINDS, {LAB_CA.type: LabIssuers(Lab(stack.clock)).build}
    stack.restart()
    with issuing(stack) as control:
        yield control


def work(control: Issuing) -> None:
    """Runs the worker of external issuers until its queue is empty."""
    worker = control.stack.privileges.of("external_issuer_worker", external_issuer_worker)
    while records := received("external_jobs"):
        assert worker({"Records": records}, Context()) == {"batchItemFailures": []}


def an_issuer(control: Issuing) -> str:
    body = a_body(Kind.ISSUER, type=LAB_CA.type, config=CONFIG)
    answer = control.stack.admin("catalog_api").post(PATHS[Kind.ISSUER], body)
    assert answer.status == 201, answer.text
    return str(answer.body["id"])


def issued(control: Issuing, issuer_id: str, **fields: Any) -> Any:
    name = "www.example.com"
    request = {"sans": [f"DNS:{name}"], "csr_pem": csr_pem(name, [name], new_key())}
    answer = control.created(name, issuer_id=issuer_id, **request, **fields)
    work(control)
    return control.read(answer.body["id"])


def revoke(control: Issuing, certificate: Any, reason: str = "superseded") -> None:
    answer = control.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {"reason": reason})
    assert answer.status == 200, answer.text


def listed(client: Any, **query: str) -> list[Any]:
    answer = client.get(RECORDS, **query)
    assert (answer.status, answer.body["next_cursor"]) == (200, None), answer.text
    found: list[Any] = answer.body["data"]
    return found


def test_a_revocation_is_listed_before_and_after_its_issuer_confirms_it(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    certificate = issued(control, issuer_id)

    revoke(control, certificate)
    (before,) = listed(control.api)
    work(control)
    (after,) = listed(control.api)

    assert before["issuer_revocation"] == "pending"
    assert (before["issuer_reason"], before["issuer_settled_at"]) == (None, None)
    assert after["issuer_revocation"] == "confirmed"
    assert (after["issuer_reason"], after["issuer_settled_at"]) == ("superseded", after["revoked_at"])
    assert (after["serial_number"], after["certificate_id"]) == (
        certificate["serial_number"],
        certificate["id"],
    )
    assert (after["issuer_id"], after["ca_id"]) == (issuer_id, external_ca_id(issuer_id))
    assert (after["crl_shard"], after["receipt"]) == (None, None)


def test_an_issuer_of_either_kind_is_a_filter(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    theirs, ours = issued(control, issuer_id), control.issued("ours.example.com")
    revoke(control, theirs)
    revoke(control, ours)

    def serials(**query: str) -> list[str]:
        return [row["serial_number"] for row in listed(control.api, **query)]

    assert serials() == [ours["serial_number"], theirs["serial_number"]]
    assert serials(issuer_id=issuer_id) == [theirs["serial_number"]]
    assert serials(ca_id=external_ca_id(issuer_id)) == [theirs["serial_number"]]
    assert serials(issuer_id="iss-local") == [ours["serial_number"]]
    assert serials(issuer_id=issuer_id, reason="keyCompromise") == []


def test_pages_continue_from_our_cas_to_external_issuers(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    revoke(control, issued(control, issuer_id))
    revoke(control, control.issued("ours.example.com"))

    first = control.api.get(RECORDS, per_page="1").body
    second = control.api.get(RECORDS, per_page="1", cursor=first["next_cursor"]).body

    assert [row["issuer_id"] for row in first["data"] + second["data"]] == ["iss-local", issuer_id]
    assert second["next_cursor"] is None


def test_a_disabled_issuer_keeps_its_revocations(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    revoke(control, issued(control, issuer_id))
    catalog = control.stack.admin("catalog_api")
    body = {**a_body(Kind.ISSUER, type=LAB_CA.type, config=CONFIG), "enabled": False}
    assert catalog.put(f"{PATHS[Kind.ISSUER]}/{issuer_id}", body).status == 200

    assert len(listed(control.api)) == 1


def test_a_serial_is_found_at_its_issuer(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    certificate = issued(control, issuer_id)
    revoke(control, certificate)

    found = control.api.get(f"{RECORDS}/{certificate['serial_number']}").body

    assert (found["state"], found["issuer_revocation"], found["crl_url"]) == ("issuer", "pending", None)


def test_a_serial_of_an_external_issuer_that_is_ours_too_hides_neither(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    ours = control.issued("ours.example.com")
    revoke(control, ours)
    authority = control.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    places = {"ca_id": external_ca_id(issuer_id), "issuer_id": issuer_id}
    copied = control.pki.revocation(authority, ours["serial_number"], **places)
    control.pki.database.write(control.pki.revocations.add_step(copied))

    path = f"{RECORDS}/{ours['serial_number']}"
    found = [control.api.get(path, **query).body["issuer_id"] for query in ({}, {"issuer_id": issuer_id})]

    assert [row["issuer_id"] for row in listed(control.api)] == ["iss-local", issuer_id]
    assert found == ["iss-local", issuer_id]


def test_a_caller_finds_those_of_their_teams_only(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    certificate = issued(control, issuer_id, team_id="t-one")
    revoke(control, certificate)
    path = f"{RECORDS}/{certificate['serial_number']}"

    for_one, for_two = (control.as_role(Role.VIEWER, team) for team in ("t-one", "t-two"))

    assert (len(listed(for_one)), for_one.get(path).status) == (1, 200)
    assert (listed(for_two), for_two.get(path).status) == ([], 404)


def test_the_json_crl_has_our_cas_alone_and_says_where_others_are(control: Issuing) -> None:
    issuer_id = an_issuer(control)
    revoke(control, issued(control, issuer_id))

    ours = control.api.get("/api/v1/crl").body
    theirs = control.api.get("/api/v1/crl", issuer_id=issuer_id)

    assert ours["data"] == []
    assert theirs.status == 404
    assert f"/api/v1/revocations?issuer_id={issuer_id}" in theirs.body["detail"]
