"""Live sessions of a user: who lists them, who ends one, and what ends with it."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.subjects import Subject
from tests.support.api.http import Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import key_of
from tests.support.identity.child_tokens import child_of
from tests.support.identity.sessions import SESSION, SESSIONS_OF_USER, browser
from tests.support.identity.sign_ins import signed_in, signed_in_as


def path_of(user: Subject, session_id: str = "") -> str:
    path = SESSIONS_OF_USER.replace("<user_id>", user.id)
    return f"{path}/{session_id}" if session_id else path


def listed(client: Client, user: Subject) -> list[dict[str, Any]]:
    answer = client.get(path_of(user))
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = answer.body["data"]
    return found


@pytest.fixture
def ann(stack: Deployed) -> Subject:
    return signed_in_as(CatalogByHttp(stack), Role.VIEWER)


def test_a_person_lists_their_sessions_newest_first_and_knows_the_current_one(
    stack: Deployed, ann: Subject
) -> None:
    signed_in(stack, ann, ago=timedelta(minutes=5))
    stack.clock.advance(timedelta(minutes=1))
    browsers = browser(stack, "identity_api", signed_in(stack, ann))

    newest, oldest = listed(browsers, ann)

    assert (newest["current"], oldest["current"]) == (True, False)
    assert newest["created_at"] > oldest["created_at"]
    assert newest["sign_in"]["provider_id"] == "idp-corp"
    assert (newest["client"], newest["limits"], newest["key_id"]) == ("browser", [], None)


def test_a_session_that_is_ended_works_no_more_and_neither_does_what_was_made_with_it(
    stack: Deployed, ann: Subject
) -> None:
    kept = browser(stack, "identity_api", signed_in(stack, ann))
    text = signed_in(stack, ann)
    child = child_of(stack, text)
    (lost,) = [each for each in listed(kept, ann) if not each["current"] and each["client"] == "browser"]

    answer = kept.delete(path_of(ann, lost["id"]))

    assert answer.status == 204, answer.text
    assert browser(stack, "identity_api", text).get(SESSION).status == 401
    assert stack.client("identity_api", child).get(SESSION).status == 401
    assert [each["current"] for each in listed(kept, ann)] == [True]
    assert kept.delete(path_of(ann, lost["id"])).status == 404


def test_an_administrator_ends_a_session_and_the_trail_says_who_it_was(stack: Deployed, ann: Subject) -> None:
    text, admin = signed_in(stack, ann), stack.admin("identity_api")
    (session,) = listed(admin, ann)
    stack.clock.advance(timedelta(minutes=1))

    assert admin.delete(path_of(ann, session["id"])).status == 204

    assert browser(stack, "identity_api", text).get(SESSION).status == 401
    trail = stack.admin("insights_api").get("/api/v1/audit", resource_id=session["id"], changes_only="true")
    ended, started = trail.body["data"]
    assert (ended["action"], started["action"]) == ("session_ended", "session_started")
    assert ended["actor"] != ann.id
    assert started["actor"] == ann.id


@pytest.mark.parametrize("role", [Role.TEAM_ADMIN, Role.OPERATOR, Role.VIEWER, Role.AUDITOR])
def test_to_others_the_user_is_not_there(stack: Deployed, ann: Subject, role: Role) -> None:
    text = signed_in(stack, ann)
    (session,) = listed(stack.admin("identity_api"), ann)
    other = browser(stack, "identity_api", signed_in(stack, signed_in_as(CatalogByHttp(stack), role)))

    answers = [other.get(path_of(ann)), other.delete(path_of(ann, session["id"]))]

    assert [answer.status for answer in answers] == [404, 404]
    assert browser(stack, "identity_api", text).get(SESSION).status == 200


def test_a_session_of_another_user_is_not_found_below_ones_own(stack: Deployed, ann: Subject) -> None:
    bob = signed_in_as(CatalogByHttp(stack), Role.VIEWER)
    mine, theirs = browser(stack, "identity_api", signed_in(stack, ann)), signed_in(stack, bob)
    (session,) = listed(stack.admin("identity_api"), bob)

    assert mine.delete(path_of(ann, session["id"])).status == 404

    assert browser(stack, "identity_api", theirs).get(SESSION).status == 200


def test_the_token_of_an_assistant_lists_and_ends_no_sessions_of_its_user(
    stack: Deployed, ann: Subject
) -> None:
    child = stack.client("identity_api", child_of(stack, signed_in(stack, ann), scope="write"))
    sessions = listed(stack.admin("identity_api"), ann)

    assert child.get(path_of(ann)).status == 404
    assert {child.delete(path_of(ann, each["id"])).status for each in sessions} == {404}


def test_the_token_of_an_administrators_assistant_does_not_end_the_session_that_it_ends_with(
    stack: Deployed,
) -> None:
    admin = signed_in_as(CatalogByHttp(stack), Role.ADMIN)
    text = signed_in(stack, admin)
    child = stack.client("identity_api", child_of(stack, text, scope="write"))
    (session,) = [each for each in listed(child, admin) if each["client"] == "browser"]

    assert child.delete(path_of(admin, session["id"])).status == 403

    assert browser(stack, "identity_api", text).get(SESSION).status == 200


def test_sessions_that_have_expired_are_not_listed_and_cannot_be_ended(stack: Deployed, ann: Subject) -> None:
    signed_in(stack, ann)
    key = stack.client("identity_api", key_of(stack, ann.id))
    (session,) = listed(key, ann)
    stack.clock.advance(timedelta(hours=8))

    assert listed(key, ann) == []
    assert key.delete(path_of(ann, session["id"])).status == 404


@pytest.mark.parametrize("user_id", ["usr-01k00000000000000000000000", "sa-01k00000000000000000000000", "x"])
def test_a_user_that_is_not_there_is_not_found(stack: Deployed, user_id: str) -> None:
    path = SESSIONS_OF_USER.replace("<user_id>", user_id)
    assert stack.admin("identity_api").get(path).status == 404
    assert stack.admin("identity_api").delete(f"{path}/ses-1").status == 404
