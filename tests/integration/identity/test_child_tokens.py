"""Tokens of assistants: what they can do, and that they end with what they were made with."""

from datetime import timedelta

import pytest

from certctl.domain.access.permissions import Role
from tests.support.functions.deployed import Deployed
from tests.support.identity.child_tokens import child_of, exchange
from tests.support.identity.sign_ins import new_user, signed_in
from tests.support.identity.trust import Trust

TEAMS, KEYS, SESSION = "/api/v1/teams", "/api/v1/api-keys", "/api/v1/auth/session"
INVALID = (400, "invalid_request")


def reads(stack: Deployed, text: str) -> int:
    return stack.client("catalog_api", text).get(TEAMS).status


def writes(stack: Deployed, text: str) -> int:
    return stack.client("catalog_api", text).post(TEAMS, {"name": "more"}).status


def test_a_token_reads_with_the_key_and_writes_nothing(stack: Deployed) -> None:
    key = stack.new_key(Role.ADMIN)
    answer = exchange(stack, key)
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body.items() >= {"token_type": "Bearer", "scope": "read", "expires_in": 12 * 3600}.items()
    assert answer.body["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    token = answer.body["access_token"]
    assert token.startswith("certctl_tok_")
    assert (reads(stack, token), writes(stack, token)) == (200, 403)


def test_a_token_for_writes_does_what_the_key_does_but_makes_no_credentials(stack: Deployed) -> None:
    token = child_of(stack, stack.new_key(Role.ADMIN), scope="write")
    assert writes(stack, token) == 201
    assert stack.client("catalog_api", token).post(KEYS, {"name": "x", "role": "viewer"}).status == 403
    assert stack.client("identity_api", token).post(SESSION, None, x_certctl_request="1").status == 409
    again = exchange(stack, token)
    assert (again.status, again.body["error"]) == INVALID


def test_a_token_has_the_teams_of_its_key(stack: Deployed) -> None:
    viewer = stack.new_key(Role.VIEWER, ("t-shop",))
    body = stack.client("identity_api", child_of(stack, viewer)).get(SESSION).body
    assert (body["role"], body["teams"], body["credential"]) == ("viewer", ["t-shop"], "session")


def test_a_revoked_key_takes_its_tokens_with_it(stack: Deployed) -> None:
    key, key_id = stack.new_key_and_id(Role.OPERATOR)
    token = child_of(stack, key, scope="write")
    assert stack.admin("catalog_api").delete(f"{KEYS}/{key_id}").status == 204
    stack.restart()
    assert reads(stack, token) == 401
    assert (exchange(stack, key).status, exchange(stack, key).body["error"]) == INVALID


def test_a_session_that_is_signed_out_takes_its_tokens_with_it(stack: Deployed) -> None:
    session = signed_in(stack, new_user(stack, Role.OPERATOR))
    other = signed_in(stack, new_user(stack, Role.OPERATOR))
    token, others = child_of(stack, session), child_of(stack, other)
    assert stack.client("identity_api", session).delete(SESSION).status == 204
    stack.restart()
    assert (reads(stack, token), reads(stack, others)) == (401, 200)


def test_a_token_ends_itself_and_not_the_session(stack: Deployed) -> None:
    session = signed_in(stack, new_user(stack, Role.OPERATOR))
    token = child_of(stack, session)
    assert stack.client("identity_api", token).delete(SESSION).status == 204
    stack.restart()
    assert (reads(stack, token), reads(stack, session)) == (401, 200)


def test_a_token_lasts_no_longer_than_its_maker(stack: Deployed) -> None:
    key = stack.new_key(Role.VIEWER, expires_at=stack.clock() + timedelta(minutes=10))
    answer = exchange(stack, key)
    assert 590 < answer.body["expires_in"] <= 600  # whole seconds
    stack.clock.advance(timedelta(minutes=11))
    assert reads(stack, answer.body["access_token"]) == 401


def test_a_token_of_a_session_is_no_sign_in(stack: Deployed) -> None:
    token = child_of(stack, signed_in(stack, new_user(stack, Role.ADMIN)), scope="write")
    assert stack.client("identity_api", token).get(SESSION).body["sign_in"] is None
    body = {"code_challenge": "c" * 43, "state": "s"}
    assert stack.client("identity_api", token).post("/api/v1/auth/codes", body).status == 401
    assert stack.client("catalog_api", token).post(KEYS, {"name": "x", "role": "viewer"}).status == 403


def test_assistants_that_start_again_and_again_end_no_session_of_a_browser(stack: Deployed) -> None:
    session = signed_in(stack, new_user(stack, Role.VIEWER))
    tokens = [child_of(stack, session) for _ in range(12)]
    stack.restart()
    assert reads(stack, session) == 200
    assert [reads(stack, token) for token in tokens] == [401] * 2 + [200] * 10


def test_a_job_and_an_agent_get_no_tokens(trust: Trust) -> None:
    stack = trust.stack
    answer = exchange(stack, trust.credential())
    assert (answer.status, answer.body["error"]) == INVALID
    answer = exchange(stack, stack.new_key(Role.AGENT))
    assert (answer.status, answer.body["error"]) == INVALID


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"subject_token": "certctl_key_unknown"}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"}, "invalid_request"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"subject_token": ""}, "invalid_request"),
    ],
)
def test_what_is_no_exchange_is_refused_in_the_form_of_oauth(
    stack: Deployed, fields: dict[str, str], error: str
) -> None:
    answer = exchange(stack, stack.new_key(Role.VIEWER), **fields)
    assert (answer.status, answer.body["error"]) == (400, error)
