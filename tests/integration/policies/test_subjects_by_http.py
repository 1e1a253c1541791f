"""The subject of a certificate on the wire: given, refused at its field, ignored in a CSR."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.policies.subjects import SubjectRule
from tests.support.api.http import Answer
from tests.support.catalog.entries import a_profile, store_entry
from tests.support.issuing.issuing import CERTIFICATES, Issuing
from tests.support.issuing.raw_subjects import COMMON_NAME, COUNTRY, ORGANIZATION, UNIT, UTF8, raw_csr

RULES = {"O": SubjectRule(allowed="eng-*"), "C": SubjectRule(fixed="DE")}
NAME = (COMMON_NAME, UTF8, b"www.example.com")


@pytest.fixture(autouse=True)
def profile(world: Issuing) -> None:
    for name, waits in (("people", False), ("guarded", True)):
        row = a_profile(
            name, world.stack.clock(), subject=RULES, teams=("t-default",), requires_approval=waits
        )
        store_entry(world.stack.database, row)


def _asked(world: Issuing, **fields: Any) -> Answer:
    body = {"common_name": "www.example.com", "profile_id": "people", "subject": {"O": "eng-web"}}
    return world.api.post(CERTIFICATES, body | fields)


def _csr() -> str:
    return raw_csr([NAME], [(ORGANIZATION, UTF8, b"eng-web")], [(UNIT, UTF8, b"Shop")])


def test_a_certificate_shows_the_values_that_were_asked_for(world: Issuing) -> None:
    made = _asked(world, csr_pem=_csr())

    assert (made.status, made.body["subject"], made.body["ignored_subject"]) == (
        201,
        {"O": "eng-web"},
        ["OU"],
    )
    assert world.read(made.body["id"])["subject"] == {"O": "eng-web"}


def test_each_value_that_is_refused_is_told_at_its_field(world: Issuing) -> None:
    answer = _asked(world, subject={"O": "system:masters", "C": "FR", "DC": "x"})

    assert answer.status == 422
    assert {error["field"] for error in answer.body["errors"]} == {"subject.O", "subject.C", "subject.DC"}


@pytest.mark.parametrize("value", ["", "a\u202eb", 7, None])
def test_a_value_that_is_no_plain_text_is_refused_at_its_field(world: Issuing, value: object) -> None:
    answer = _asked(world, subject={"O": value})

    assert [error["field"] for error in answer.body["errors"]] == ["subject.O"], answer.text


def test_a_csr_that_differs_is_refused_with_each_reason(world: Issuing) -> None:
    pem = raw_csr([NAME], [(ORGANIZATION, UTF8, b"eng-api")], [(COUNTRY, UTF8, b"FR")])
    answer = _asked(world, csr_pem=pem)

    assert (answer.status, len(answer.body["errors"])) == (422, 2)
    assert {error["field"] for error in answer.body["errors"]} == {"csr_pem"}


def test_a_csr_that_comes_later_answers_what_is_ignored(world: Issuing) -> None:
    made = _asked(world).body
    started = world.api.post(f"{CERTIFICATES}/{made['id']}/csr", {"csr_pem": _csr()})

    assert (started.status, started.body["ignored_subject"]) == (202, ["OU"])


def test_an_approver_sees_what_of_the_csr_is_ignored(world: Issuing) -> None:
    made = _asked(world, profile_id="guarded", csr_pem=_csr()).body
    approver = world.stack.client("insights_api", world.stack.new_key(Role.OPERATOR, ["t-default"]))
    job = approver.get(f"/api/v1/jobs/{made['job_id']}").body

    assert job["approval"]["csr"]["ignored_subject"] == ["OU"]


def test_a_subject_is_not_edited(world: Issuing) -> None:
    made = _asked(world).body
    edited = world.api.put(f"{CERTIFICATES}/{made['id']}", {"subject": {"O": "eng-api"}})

    assert [error["field"] for error in edited.body["errors"]] == ["subject"]
