"""Keys that people make for themselves after a sign-in with a provider, and their sleep."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.api_keys import MOST_OF_ACCOUNT
from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import key_of
from tests.support.identity.child_tokens import child_of
from tests.support.identity.sessions import browser, session_of
from tests.support.identity.sign_in import SESSION_COOKIE, SignIns
from tests.support.identity.sign_ins import signed_in, signed_in_as, with_provider

KEYS, SESSION = "/api/v1/api-keys", "/api/v1/auth/session"
TEAMS = "/api/v1/teams"


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    with_provider(stack)
    return CatalogByHttp(stack).with_defaults()


def asked(stack: Deployed, credential: str, **fields: Any) -> Answer:
    return stack.client("catalog_api", credential).post(KEYS, {"name": "laptop"} | fields)


def made(stack: Deployed, session: str, **fields: Any) -> dict[str, Any]:
    answer = asked(stack, session, **fields)
    assert answer.status == 201, answer.text
    key: dict[str, Any] = answer.body
    return key


def reads(stack: Deployed, text: str) -> Answer:
    return stack.client("catalog_api", text).get(TEAMS)


def grants_of(client: Client) -> Sequence[Any]:
    grants: Sequence[Any] = client.get(f"{KEYS}/self").body["grants"]
    return grants


def test_a_person_makes_a_key_with_all_their_grants_that_outlives_the_session(catalog: CatalogByHttp) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.TEAM_ADMIN)
    session = signed_in(stack, ann)
    key = made(stack, session)
    assert (key["subject_id"], key["made_by"], key["parent_id"]) == (ann.id, ann.id, None)
    assert (key["role"], key["asleep"]) == (None, False)
    assert stack.client("identity_api", session).delete(SESSION).status == 204
    assert grants_of(stack.client("catalog_api", key["key"])) == [{"role": "team-admin", "teams": "*"}]


def test_it_is_within_their_grants_and_ends_within_400_days(catalog: CatalogByHttp) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.OPERATOR)
    session, now = signed_in(stack, ann), stack.clock()
    narrow = made(stack, session, role="viewer", teams=["t-default"], actions=["certificates:read"])
    grants = grants_of(stack.client("catalog_api", narrow["key"]))
    assert grants == [{"role": "viewer", "teams": ["t-default"]}]
    assert narrow["expires_at"][:10] == (now + timedelta(days=90)).isoformat()[:10]
    statuses = [
        asked(stack, session, role="admin").status,
        asked(stack, session, role="auditor", teams=["t-default"]).status,
        asked(stack, session, actions=["users:write"]).status,
        asked(stack, session, expires_at=(now + timedelta(days=401)).isoformat()).status,
        asked(stack, session, owner_id="o-1").status,
    ]
    assert statuses == [422, 422, 422, 422, 422]


def test_only_a_recent_sign_in_makes_one_never_a_key_its_session_or_a_limited_session(
    catalog: CatalogByHttp,
) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.OPERATOR)
    session = signed_in(stack, ann)
    key = made(stack, session)["key"]
    refused = {
        "old": asked(stack, signed_in(stack, ann, timedelta(minutes=16))).status,
        "key": asked(stack, key, role="viewer").status,
        "session of key": asked(stack, session_of(stack, key)).status,
        "token": asked(stack, child_of(stack, session, scope="write")).status,
        "token of key": asked(stack, child_of(stack, key, scope="write")).status,
    }
    assert refused == {"old": 401, "key": 401, "session of key": 403, "token": 403, "token of key": 403}


def test_a_session_that_has_just_ended_makes_none(catalog: CatalogByHttp) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.OPERATOR)
    session = signed_in(stack, ann)
    assert stack.client("identity_api", session).delete(SESSION).status == 204
    assert asked(stack, session).status == 401


def test_a_person_has_twenty_live_keys_sees_and_ends_them(catalog: CatalogByHttp) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.OPERATOR)
    session = signed_in(stack, ann)
    ids = [made(stack, session, name=f"key {number}")["id"] for number in range(MOST_OF_ACCOUNT)]
    assert asked(stack, session).status == 409
    own = stack.client("catalog_api", signed_in(stack, ann))
    assert {key["id"] for key in own.get(KEYS, per_page="50").body["data"]} == set(ids)
    assert own.delete(f"{KEYS}/{ids[0]}").status == 204
    assert asked(stack, session).status == 201
    other = stack.client("catalog_api", signed_in(stack, signed_in_as(catalog, Role.OPERATOR)))
    assert (other.get(KEYS).body["data"], other.delete(f"{KEYS}/{ids[1]}").status) == ([], 404)


def test_a_person_lists_and_ends_a_key_without_a_role_with_another_one_of_theirs(
    catalog: CatalogByHttp,
) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.OPERATOR)
    session = signed_in(stack, ann)
    lost, at_hand = made(stack, session), made(stack, session)
    narrow = made(stack, session, role="operator")["key"]
    other = made(stack, signed_in(stack, signed_in_as(catalog, Role.OPERATOR)))["key"]
    place = f"{KEYS}/{lost['id']}"
    for text in (narrow, other, session_of(stack, at_hand["key"]), child_of(stack, at_hand["key"])):
        client = stack.client("catalog_api", text)
        assert lost["id"] not in {key["id"] for key in client.get(KEYS).body["data"]}
        assert client.get(place).status == 404
        assert client.delete(place).status in (403, 404)  # a token that only reads has no DELETE
    own = stack.client("catalog_api", at_hand["key"])
    assert lost["id"] in {key["id"] for key in own.get(KEYS).body["data"]}
    assert own.delete(place).status == 204
    assert reads(stack, lost["key"]).status == 401


def test_the_next_session_manages_the_key_that_its_user_made_for_a_service_account(
    catalog: CatalogByHttp,
) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.TEAM_ADMIN)
    account = catalog.made(Kind.SERVICE_ACCOUNT)
    key = made(stack, signed_in(stack, ann), subject_id=account["id"])
    assert key["made_by"] == ann.id
    later = stack.client("catalog_api", signed_in(stack, ann))
    assert later.delete(f"{KEYS}/{key['id']}").status == 204


def test_keys_sleep_a_week_after_the_sign_in_and_the_list_says_so(catalog: CatalogByHttp) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.OPERATOR)
    key = made(stack, signed_in(stack, ann))
    stack.clock.advance(timedelta(days=7) - timedelta(seconds=16))
    assert reads(stack, key["key"]).status == 200
    session = session_of(stack, key["key"])
    token = child_of(stack, key["key"])
    stack.clock.advance(timedelta(seconds=16))
    refused = reads(stack, key["key"])
    assert (refused.status, refused.body["type"]) == (401, "urn:certctl:problem:key-asleep")
    assert "Sign in again to wake it" in refused.body["detail"]
    assert {reads(stack, text).status for text in (session, token)} == {401}
    shown = catalog.admin.get(KEYS, subject_id=ann.id).body["data"]
    assert [each["asleep"] for each in shown] == [True]
    assert catalog.admin.get(f"{KEYS}/{key['id']}").body["asleep"] is True
    listed = {each["id"]: each["asleep"] for each in catalog.admin.get(KEYS).body["data"]}
    assert [key_id for key_id, asleep in listed.items() if asleep] == [key["id"]]


def test_the_provider_says_after_how_many_days(catalog: CatalogByHttp) -> None:
    stack, ann = catalog.stack, signed_in_as(catalog, Role.OPERATOR, keys_days=1)
    key = made(stack, signed_in(stack, ann))
    stack.clock.advance(timedelta(days=1))
    assert reads(stack, key["key"]).status == 401


def test_keys_of_people_without_a_provider_and_of_machines_never_sleep(catalog: CatalogByHttp) -> None:
    grants: list[dict[str, Any]] = [{"role": "viewer", "teams": "*"}]
    accounts = [catalog.made(kind, grants=grants) for kind in (Kind.USER, Kind.SERVICE_ACCOUNT)]
    keys = [key_of(catalog.stack, account["id"]) for account in accounts]
    catalog.stack.clock.advance(timedelta(days=80))
    assert [reads(catalog.stack, key).status for key in keys] == [200, 200]


def test_the_next_sign_in_wakes_them(signs: SignIns) -> None:
    stack = signs.stack
    signs.configure(keys_sleep_after_days=1)
    person = signs.signed_in()
    page = browser(stack, "catalog_api", person.cookies[SESSION_COOKIE])
    key = page.post(KEYS, {"name": "laptop"}).body["key"]
    stack.clock.advance(timedelta(days=1))
    assert reads(stack, key).status == 401
    signs.signed_in()
    assert reads(stack, key).status == 200
