"""Who acted, and with which credential: both ids find the event."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.audit.events import Actor
from certctl.store.audit.events import AuditStore
from tests.support.functions.deployed import Deployed
from tests.support.identity.sessions import SESSION, browser, session_of
from tests.support.identity.trust import Trust

AUDIT = "/api/v1/audit"
SELF = "/api/v1/api-keys/self"
TEAMS = "/api/v1/teams"


def found(stack: Deployed, actor: str, **wanted: str) -> list[dict[str, Any]]:
    """All pages."""
    client, events, cursor = stack.admin("insights_api"), list[dict[str, Any]](), ""
    while True:
        page = client.get(AUDIT, actor=actor, **wanted, **({"cursor": cursor} if cursor else {})).body
        events += page["data"]
        cursor = page.get("next_cursor") or ""
        if not cursor:
            return events


def ids(events: list[dict[str, Any]]) -> set[str]:
    return {event["id"] for event in events}


def test_the_account_acts_with_a_key_and_either_id_finds_it(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.ADMIN)
    client = stack.client("catalog_api", text)
    subject_id = client.get(SELF).body["subject_id"]
    assert client.post(TEAMS, {"name": "web"}).status == 201
    events = found(stack, subject_id)
    assert {(e["actor"], e["actor_type"]) for e in events} == {(subject_id, "Service")}
    assert {e["action"] for e in events} == {"api_get", "api_post", "team_created"}
    assert [e["details"]["credential"] for e in events] == [{"id": key_id, "kind": "key"}] * 3
    assert ids(found(stack, key_id)) == ids(events)
    assert ids(found(stack, key_id, changes_only="true")) < ids(events)


def test_a_key_of_the_same_account_does_not_find_what_another_did(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    body = {"name": "ci", "team_id": "t-default", "grants": [{"role": "operator", "teams": ["t-default"]}]}
    account = admin.post("/api/v1/service-accounts", body).body["id"]
    made = [admin.post("/api/v1/api-keys", {"name": "ci", "subject_id": account}).body for _ in range(2)]
    for key in made:
        assert stack.client("catalog_api", key["key"]).get(SELF).status == 200
    of_each = [found(stack, key["id"]) for key in made]
    assert [len(events) for events in of_each] == [1, 1]
    assert ids(found(stack, account)) == ids(of_each[0]) | ids(of_each[1])
    own_id = admin.get(SELF).body["id"]
    assert of_each[0][0]["details"]["credential"] == {"id": made[0]["id"], "kind": "key", "made_by": own_id}


def test_events_from_before_the_subjects_are_found_by_the_key(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.ADMIN)
    store = AuditStore(stack.database)
    stack.database.transact(
        [store.event_step(Actor(key_id), "team_created", "team", "t-old", {}, stack.clock())]
    )
    assert stack.client("catalog_api", text).get(SELF).status == 200
    assert sorted(event["action"] for event in found(stack, key_id)) == ["api_get", "team_created"]


def test_a_session_that_has_ended_is_found_and_counts_as_its_key(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.ADMIN)
    session = session_of(stack, text)
    page = browser(stack, "identity_api", session)
    session_id = page.get(SESSION).body["id"]
    assert browser(stack, "catalog_api", session).post(TEAMS, {"name": "web"}).status == 201
    assert page.delete(SESSION).status == 204
    events = found(stack, session_id, changes_only="true")
    assert sorted(event["action"] for event in events) == ["session_ended", "team_created"]
    used = {"id": session_id, "kind": "session", "made_by": key_id}
    assert [event["details"]["credential"] for event in events] == [used, used]
    assert ids(events) < ids(found(stack, key_id, changes_only="true"))


def test_a_machines_token_says_what_admitted_it_in_each_event(trust: Trust) -> None:
    text = trust.credential(jti="job-7")
    answer = trust.stack.client("certificates_api", text).get("/api/v1/certificates")
    assert answer.status == 200
    (call,) = (e for e in found(trust.stack, trust.account.id) if e["action"] == "api_get")
    used = call["details"]["credential"]
    assert (call["actor_type"], used["kind"], used["made_by"], used["jti"]) == (
        "Service",
        "token",
        "tr-ci",
        "job-7",
    )
    assert (used["issuer"], used["claims"]) == (trust.issuer.url, {"repository_id": ["1234"]})
    by_token = found(trust.stack, used["id"])
    assert {event["action"] for event in by_token} == {"token_exchanged", "api_get"}


@pytest.mark.parametrize(
    "unknown", ["key-gone", "ses-gone", "tok-gone", "usr-gone", "tok-01m8eq9vja268t83qs93f35wbz"]
)
def test_an_unknown_id_finds_nothing(stack: Deployed, unknown: str) -> None:
    assert found(stack, unknown) == []


def test_a_person_is_a_user(stack: Deployed) -> None:
    admin = stack.admin("catalog_api")
    body = {"name": "Ann", "grants": [{"role": "viewer", "teams": ["t-default"]}]}
    user = admin.post("/api/v1/users", body).body["id"]
    key = admin.post("/api/v1/api-keys", {"name": "ann", "subject_id": user}).body
    assert stack.client("catalog_api", key["key"]).get(SELF).status == 200
    (event,) = found(stack, user)
    assert (event["actor"], event["actor_type"]) == (user, "User")
