"""Sessions: started with a key or by a sign-in, listed with their subject, ended with what they came from."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.identity_api import IdentityApi
from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Permission, Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.sign_in import SignIn
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.errors import Unauthenticated
from certctl.domain.identity.sessions import LIFETIME, LONGEST_LIFETIME, MOST_SESSIONS
from certctl.domain.ids import new_id
from certctl.domain.times import to_wire
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.identity.sessions import SessionStore
from tests.support.access.earlier_keys import earlier_key_text
from tests.support.functions.deployed import Deployed
from tests.support.identity.sessions import SESSION, browser, session_of, sign_in

KEYS = "/api/v1/api-keys"


def me(stack: Deployed, session: str) -> Any:
    answer = browser(stack, "identity_api", session).get(SESSION)
    return answer.body if answer.status == 200 else None


def works(stack: Deployed, session: str) -> bool:
    return me(stack, session) is not None


def made(stack: Deployed, maker: str, **fields: Any) -> Any:
    answer = stack.client("catalog_api", maker).post(KEYS, {"name": "anna", "role": "viewer"} | fields)
    assert answer.status == 201, answer.text
    return answer.body


def ended(stack: Deployed, key_id: str, **query: str) -> int:
    return stack.admin("catalog_api").delete(f"{KEYS}/{key_id}", **query).status


def events(stack: Deployed, **wanted: str) -> list[Any]:
    trail = stack.admin("insights_api").get("/api/v1/audit", resource_type="session", **wanted)
    return list(trail.body["data"])


def put_subject(stack: Deployed, subject: Subject) -> None:
    stack.database.transact([SubjectStore(stack.database).put_step(subject)])


@pytest.mark.parametrize(("parameter", "features"), [("true", ["inventory"]), ("false", [])])
def test_a_session_has_the_features_that_the_stack_has(
    stack: Deployed, monkeypatch: pytest.MonkeyPatch, parameter: str, features: list[str]
) -> None:
    monkeypatch.setenv("CERTCTL_INVENTORY", parameter)
    key = stack.new_key(Role.VIEWER)
    assert stack.client("identity_api", key).get(SESSION).body["features"] == features


@pytest.fixture
def person(stack: Deployed) -> Subject:
    subject = new_subject(SubjectKind.USER, [Grant(Role.OPERATOR, ("t-web",))], stack.clock())
    put_subject(stack, subject)
    return subject


def test_a_session_tells_who_is_signed_in_and_until_when(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.OPERATOR, ["t-web"])
    shown = me(stack, session_of(stack, text))
    assert shown["id"].startswith("ses-")
    assert (shown["credential"], shown["key_id"]) == ("session", key_id)
    assert (shown["role"], shown["teams"]) == ("operator", ["t-web"])
    assert (shown["name"], shown["sign_in"]) == ("operator of t-web", None)
    assert shown["expires_at"] == to_wire(stack.clock() + LIFETIME)
    assert {"permission": "certificates:write", "scope": "own teams"} in shown["permissions"]


def test_what_starts_a_session_shows_the_same_as_what_reads_it(stack: Deployed) -> None:
    answer = sign_in(stack, stack.new_key(Role.AUDITOR))
    assert "certctl_ses_" not in answer.text
    (line,) = answer.cookies
    assert answer.body == me(stack, line.partition(";")[0].partition("=")[2])


def test_a_key_and_a_session_are_told_apart(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.VIEWER, ["t-1"])
    shown = stack.client("identity_api", text).get(SESSION).body
    assert (shown["id"], shown["credential"], shown["key_id"]) == (key_id, "api-key", key_id)
    assert shown["expires_at"] is None


def test_every_function_takes_the_cookie(stack: Deployed) -> None:
    session = session_of(stack, stack.new_key(Role.ADMIN))
    asked = {
        "catalog_api": "/api/v1/teams",
        "certificates_api": "/api/v1/certificates",
        "insights_api": "/api/v1/jobs",
        "notifications_api": "/api/v1/notifications",
    }
    assert {browser(stack, folder, session).get(path).status for folder, path in asked.items()} == {200}


def test_a_session_ends_after_8_hours_and_with_the_end_of_its_key(stack: Deployed) -> None:
    long = session_of(stack, stack.new_key(Role.VIEWER, ["t-1"]))
    hour = stack.clock() + timedelta(hours=1)
    short = session_of(stack, stack.new_key(Role.VIEWER, ["t-1"], expires_at=hour))
    assert me(stack, short)["expires_at"] == to_wire(hour)
    stack.clock.advance(timedelta(hours=1))
    assert [works(stack, each) for each in (short, long)] == [False, True]
    stack.clock.advance(LIFETIME)
    assert not works(stack, long)


def test_signing_out_ends_the_session_and_clears_the_cookie(stack: Deployed) -> None:
    key = stack.new_key(Role.OPERATOR, ["t-1"])
    session, other = session_of(stack, key), session_of(stack, key)
    answer = browser(stack, "identity_api", session).delete(SESSION)
    assert answer.status == 204
    (line,) = answer.cookies
    assert line.startswith("__Host-certctl=; Max-Age=0;")
    assert [works(stack, each) for each in (session, other)] == [False, True]
    assert browser(stack, "identity_api", session).delete(SESSION).status == 401
    assert stack.client("catalog_api", key).get(f"{KEYS}/self").status == 200


def test_a_key_is_not_signed_out_and_a_session_starts_no_other(stack: Deployed) -> None:
    key = stack.new_key(Role.ADMIN)
    assert stack.client("identity_api", key).delete(SESSION).status == 409
    assert browser(stack, "identity_api", session_of(stack, key)).post(SESSION).status == 409


def test_a_host_gets_no_session(stack: Deployed) -> None:
    assert sign_in(stack, stack.new_key(Role.AGENT)).status == 403


@pytest.mark.parametrize("reason", [{}, {"reason": "leaked"}])
def test_the_sessions_of_a_key_and_of_its_children_end_with_it(
    stack: Deployed, reason: dict[str, str]
) -> None:
    maker = made(stack, stack.new_key(Role.ADMIN), role="operator", teams=["t-1"], owner_id="o-1")
    child = made(stack, maker["key"])
    assert child["parent_id"] == maker["id"]
    stranger = session_of(stack, stack.new_key(Role.VIEWER, ["t-1"]))
    sessions = [session_of(stack, key["key"]) for key in (maker, maker, child)]
    assert all(works(stack, each) for each in sessions)
    assert ended(stack, maker["id"], **reason) == 204
    assert not any(works(stack, each) for each in sessions)
    assert works(stack, stranger)


def test_the_end_of_a_child_leaves_the_sessions_of_its_maker(stack: Deployed) -> None:
    maker = made(stack, stack.new_key(Role.ADMIN), role="operator", teams=["t-1"], owner_id="o-1")
    child = made(stack, maker["key"])
    of_maker, of_child = session_of(stack, maker["key"]), session_of(stack, child["key"])
    assert ended(stack, child["id"]) == 204
    assert [works(stack, each) for each in (of_maker, of_child)] == [True, False]


def test_a_session_makes_no_keys_and_does_not_end_its_own(stack: Deployed) -> None:
    key, key_id = stack.new_key_and_id(Role.ADMIN)
    client = browser(stack, "catalog_api", session_of(stack, key))
    answer = client.post(KEYS, {"name": "ci", "role": "viewer"})
    assert (answer.status, "makes no keys" in answer.body["detail"]) == (403, True)
    assert client.delete(f"{KEYS}/{key_id}").status == 403
    assert client.get(f"{KEYS}/self").body["id"] == key_id


def test_the_oldest_of_20_sessions_gives_way(stack: Deployed) -> None:
    key = stack.new_key(Role.VIEWER, ["t-1"])
    first, second, *rest = [session_of(stack, key) for _ in range(MOST_SESSIONS)]
    oldest = me(stack, first)["id"]
    last = session_of(stack, key)
    assert not works(stack, first)
    assert all(works(stack, each) for each in (second, *rest, last))
    assert {event["action"] for event in events(stack, resource_id=oldest)} == {
        "session_ended",
        "session_started",
    }


def test_sessions_that_expired_make_room(stack: Deployed) -> None:
    key = stack.new_key(Role.VIEWER, ["t-1"])
    for _ in range(MOST_SESSIONS):
        session_of(stack, key)
    stack.clock.advance(LIFETIME)
    shown = me(stack, session_of(stack, key))
    kept = SessionStore(stack.database).of_subject(shown["subject_id"].removeprefix("sa-"))
    assert [session.id for session in kept.sessions] == [shown["id"]]


def test_a_disabled_subject_ends_all_its_sessions_in_one_write(stack: Deployed, person: Subject) -> None:
    sessions = IdentityApi(stack.overrides).sessions
    texts = [sessions.start(person, SignIn(stack.clock(), "idp-1")).text for _ in range(2)]
    assert all(works(stack, each) for each in texts)
    put_subject(stack, Subject(person.id, person.kind, person.ulid, person.grants, enabled=False))
    assert not any(works(stack, each) for each in texts)
    with pytest.raises(Unauthenticated):
        sessions.start(person, SignIn(stack.clock(), "idp-1"))


def test_a_session_of_a_sign_in_has_the_grants_of_its_subject_and_tells_the_sign_in(
    stack: Deployed, person: Subject
) -> None:
    signed_in_at = stack.clock() - timedelta(minutes=5)
    started = IdentityApi(stack.overrides).sessions.start(person, SignIn(signed_in_at, "idp-1"))
    shown = me(stack, started.text)
    assert shown["sign_in"] == {"provider_id": "idp-1", "signed_in_at": to_wire(signed_in_at)}
    assert (shown["id"], shown["key_id"], shown["subject_id"]) == (started.session.id, None, person.id)
    assert shown["grants"] == [{"role": "operator", "teams": ["t-web"]}]
    assert browser(stack, "identity_api", started.text).delete(SESSION).status == 204
    assert not works(stack, started.text)


def test_no_session_lasts_longer_than_24_hours(stack: Deployed, person: Subject) -> None:
    sign_in_now = SignIn(stack.clock(), "idp-1")
    started = IdentityApi(stack.overrides).sessions.start(person, sign_in_now, timedelta(days=7))
    assert started.session.expires_at == stack.clock() + LONGEST_LIFETIME


def test_a_key_of_an_earlier_release_gets_a_subject_with_its_first_session(stack: Deployed) -> None:
    text, now = earlier_key_text(), stack.clock()
    key = ApiKey(new_id("key", now), "old", Role.OPERATOR, ("t-web",), key_hash(text), now)
    stack.database.transact(ApiKeyStore(stack.database).create_steps(key))
    first, second = session_of(stack, text), session_of(stack, text)
    shown = stack.client("catalog_api", text).get(f"{KEYS}/self").body
    assert {me(stack, each)["subject_id"] for each in (first, second)} == {shown["subject_id"]}
    assert shown["grants"] == [{"role": "operator", "teams": ["t-web"]}]
    assert ended(stack, key.id) == 204
    assert not any(works(stack, each) for each in (first, second))


def test_starts_and_ends_are_in_the_audit_trail_without_the_digest(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.OPERATOR, ["t-1"])
    session = session_of(stack, text)
    session_id = me(stack, session)["id"]
    browser(stack, "identity_api", session).delete(SESSION)
    found = {event["action"]: event for event in events(stack, resource_id=session_id)}
    start, end = found.pop("session_started"), found.pop("session_ended")
    assert not found
    assert start["details"]["after"]["key_id"] == end["details"]["before"]["key_id"] == key_id
    assert key_hash(session) not in f"{start}{end}"


def test_what_is_done_in_a_session_of_a_key_is_the_key_s_doing(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.ADMIN)
    team = browser(stack, "catalog_api", session_of(stack, text)).post("/api/v1/teams", {"name": "web"})
    assert team.status == 201
    found = stack.admin("insights_api").get(
        "/api/v1/audit", resource_type="team", resource_id=team.body["id"]
    )
    (event,) = found.body["data"]
    used = event["details"]["credential"]
    assert (used["kind"], used["made_by"]) == ("session", key_id)
    by_key = stack.admin("insights_api").get("/api/v1/audit", actor=key_id, changes_only="true")
    assert event["id"] in [each["id"] for each in by_key.body["data"]]


def test_a_session_has_every_limit_of_its_key(stack: Deployed) -> None:
    store, now = ApiKeyStore(stack.database), stack.clock()
    subject = new_subject(SubjectKind.SERVICE_ACCOUNT, [Grant(Role.OPERATOR, ("t-web",))], now)
    put_subject(stack, subject)
    text = new_credential_text(CredentialKind.KEY, subject.ulid)
    key = ApiKey(
        id=new_id("key", now),
        name="narrow",
        role=Role.OPERATOR,
        teams=("t-web",),
        key_hash=key_hash(text),
        created_at=now,
        owner_id="o-1",
        makers=("key-1",),
        parent_id="key-1",
        subject_id=subject.id,
        actions=(Permission.CERTIFICATES_READ, Permission.API_KEYS),
        names=("DNS:www.example.com",),
    )
    stack.database.transact(store.create_steps(key))
    of_session = store.find_credential(key_hash(session_of(stack, text)))
    of_key = store.find_credential(key.key_hash)
    assert of_key is not None
    assert of_session is not None
    assert of_key == replace(
        of_session, key_hash=of_key.key_hash, key_id=key.id, session_key_id=None, expires_at=None
    )
