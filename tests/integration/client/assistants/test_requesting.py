"""`create_certificate` of `certctl mcp`: what a profile needs is listed, and given."""

import pytest

from certctl.domain.policies.subjects import SubjectRule
from tests.support.catalog.entries import a_profile, store_entry
from tests.support.client.mcp_sessions import Session
from tests.support.client.stack import BridgedStack
from tests.support.issuing.raw_subjects import COMMON_NAME, ORGANIZATION, UNIT, UTF8, raw_csr

RULES = {"O": SubjectRule(allowed="eng-*"), "C": SubjectRule(fixed="DE")}
WANTED = {"common_name": "people.example.com", "profile_id": "people"}


@pytest.fixture(autouse=True)
def profile(stack: BridgedStack) -> None:
    world = stack.issuing.stack
    row = a_profile("people", world.clock(), subject=RULES, teams=("t-default",))
    store_entry(world.database, row)
    world.restart()


def test_a_certificate_is_requested_with_the_subject_that_the_profile_lists(mcp: Session) -> None:
    (profile,) = mcp.tool("list_catalog", kind="profiles", name="people")["records"]
    csr = raw_csr([(COMMON_NAME, UTF8, b"people.example.com")], [(ORGANIZATION, UTF8, b"eng-web")])

    made = mcp.tool("create_certificate", **WANTED, subject={"O": "eng-web"}, csr_pem=csr)
    record = mcp.tool("get_certificate", certificate_id=made["id"])["certificate"]

    assert (profile["teams"], profile["subject"]["O"]) == (["t-default"], {"allowed": "eng-*"})
    assert (record["status"], record["subject"]) == ("Active", {"O": "eng-web"})
    assert mcp.tool("get_job", job_id=made["job_id"])["job"]["status"] == "Completed"


def test_what_of_a_csr_is_ignored_is_in_the_answer(mcp: Session) -> None:
    csr = raw_csr([(COMMON_NAME, UTF8, b"people.example.com")], [(UNIT, UTF8, b"Shop")])

    assert mcp.tool("create_certificate", **WANTED, csr_pem=csr)["ignored_subject"] == ["OU"]


def test_a_value_that_the_profile_does_not_allow_is_refused_with_its_field(mcp: Session) -> None:
    failure = mcp.failure("create_certificate", **WANTED, subject={"O": "system:masters"})

    assert "subject.O" in failure
    assert "<untrusted" in failure


def test_a_profile_of_another_team_is_refused(mcp: Session, stack: BridgedStack) -> None:
    database, now = stack.issuing.stack.database, stack.issuing.stack.clock()
    store_entry(database, a_profile("theirs", now, teams=("t-theirs",)))
    asked = {"common_name": "www.example.com", "team_id": "t-default", "profile_id": "theirs"}

    assert "the profile theirs is not for the team t-default" in mcp.failure("create_certificate", **asked)
