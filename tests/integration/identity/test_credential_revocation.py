"""`POST /auth/revoke`: the holder of a credential may end it, and learns nothing by it (RFC 7009)."""

from typing import Any
from urllib.parse import urlencode

import pytest

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Role
from certctl.domain.access.subjects import SubjectKind, new_subject
from certctl.domain.ids import new_id
from certctl.store.access.api_keys import ApiKeyStore
from tests.support.access.earlier_keys import earlier_key_text
from tests.support.api.http import Answer
from tests.support.costs.round_trips import recorded
from tests.support.functions.deployed import Deployed
from tests.support.identity.child_tokens import FORM, child_of
from tests.support.identity.sessions import SESSION, browser, session_of
from tests.support.identity.trust import Trust

REVOKE = "/api/v1/auth/revoke"
KEYS = "/api/v1/api-keys"
CERTIFICATES = "/api/v1/certificates"


def revoke(stack: Deployed, text: str, **fields: str) -> Answer:
    body = urlencode({"token": text} | fields)
    return stack.client("identity_api").send("POST", REVOKE, body, headers=FORM)


def works(stack: Deployed, text: str) -> bool:
    """Whether the credential works, after a fresh read."""
    return stack.client("catalog_api", text).get(KEYS).status == 200


def made(stack: Deployed, maker: str, **fields: Any) -> Any:
    answer = stack.client("catalog_api", maker).post(KEYS, {"name": "ci", "role": "viewer"} | fields)
    assert answer.status == 201, answer.text
    return answer.body


def events(stack: Deployed, resource_type: str, resource_id: str) -> list[str]:
    of_one = {"resource_type": resource_type, "resource_id": resource_id}
    listed = stack.admin("insights_api").get("/api/v1/audit", **of_one).body["data"]
    return sorted(event["action"] for event in listed)


def test_a_key_ends_with_its_children_and_their_sessions(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.OPERATOR, ["t-web"])
    child = made(stack, text)
    session = session_of(stack, child["key"])
    answer = revoke(stack, text)
    assert (answer.status, answer.text) == (200, "")
    assert not works(stack, text)
    assert not works(stack, child["key"])
    assert browser(stack, "identity_api", session).get(SESSION).status == 401
    assert events(stack, "api_key", key_id) == ["api_key_revoked"]


def test_a_key_that_leaked_ends_with_all_that_it_made_for_anybody(stack: Deployed) -> None:
    text, key_id = stack.new_key_and_id(Role.ADMIN)
    other = made(stack, text, owner_id="o-else")
    assert revoke(stack, text).status == 200
    assert works(stack, other["key"])
    text, key_id = stack.new_key_and_id(Role.ADMIN)
    other = made(stack, text, owner_id="o-else")
    assert revoke(stack, text, reason="leaked").status == 200
    assert not works(stack, other["key"])
    shown = stack.admin("catalog_api").get(f"{KEYS}/{key_id}").body
    assert shown["leaked_at"] is not None


def test_a_session_ends_and_the_key_that_started_it_does_not(stack: Deployed) -> None:
    text, _ = stack.new_key_and_id(Role.OPERATOR, ["t-web"])
    session = session_of(stack, text)
    session_id = browser(stack, "identity_api", session).get(SESSION).body["id"]
    assert revoke(stack, session, reason="leaked").status == 200
    assert browser(stack, "identity_api", session).get(SESSION).status == 401
    assert works(stack, text)
    assert events(stack, "session", session_id) == ["session_ended", "session_started"]


def test_a_token_of_an_assistant_ends_alone(stack: Deployed) -> None:
    text, _ = stack.new_key_and_id(Role.OPERATOR, ["t-web"])
    token = child_of(stack, text)
    assert revoke(stack, token).status == 200
    assert stack.client("certificates_api", token).get(CERTIFICATES).status == 401
    assert works(stack, text)


def test_a_key_of_an_earlier_release_ends(stack: Deployed) -> None:
    text, now = earlier_key_text(), stack.clock()
    key = ApiKey(new_id("key", now), "earlier", Role.OPERATOR, ("t-web",), key_hash(text), now)
    stack.database.transact(ApiKeyStore(stack.database).create_steps(key))
    assert works(stack, text)
    assert revoke(stack, text).status == 200
    assert not works(stack, text)


def test_an_exchanged_token_ends(trust: Trust) -> None:
    text = trust.credential()
    certificates = trust.stack.client("certificates_api", text)
    assert certificates.get(CERTIFICATES).status == 200
    assert revoke(trust.stack, text).status == 200
    assert trust.stack.client("certificates_api", text).post(CERTIFICATES, {}).status == 401
    assert "token_ended" in events(trust.stack, "trust_rule", "tr-ci")


def test_who_is_disabled_can_still_be_reported(trust: Trust) -> None:
    text = trust.credential()
    body = {"name": "ci", "team_id": "t-ci", "grants": [{"role": "operator", "teams": ["t-ci"]}]}
    account = f"/api/v1/service-accounts/{trust.account.id}"
    assert trust.stack.admin("catalog_api").put(account, body | {"enabled": False}).status == 200
    assert revoke(trust.stack, text).status == 200
    assert "token_ended" in events(trust.stack, "trust_rule", "tr-ci")


def test_a_stranger_learns_nothing(stack: Deployed) -> None:
    """The same response for a live key, an ended one, and what never was one."""
    live = stack.new_key(Role.VIEWER)
    unknown = new_credential_text(CredentialKind.KEY, new_subject(SubjectKind.USER, [], stack.clock()).ulid)
    answers = [revoke(stack, text) for text in (live, live, unknown, earlier_key_text(), "eyJhbGciOi.e30.")]
    shown = {(a.status, a.text, a.headers["Cache-Control"], a.headers.get("Content-Type")) for a in answers}
    assert len(shown) == 1
    assert shown.pop()[:3] == (200, "", "no-store")


def test_a_wrong_checksum_or_form_costs_no_read(stack: Deployed) -> None:
    text = stack.new_key(Role.VIEWER)
    wrong = text[:-1] + ("0" if text[-1] != "0" else "1")
    for unfit in (wrong, "hello", text[:-1]):
        with recorded(stack.database.client) as recording:
            assert revoke(stack, unfit).status == 200
        assert [call.table for call in recording.calls if call.table == "credentials"] == []
    assert works(stack, text)


@pytest.mark.parametrize("body", ["", "token=", "token=a&token=b", "reason=leaked"])
def test_a_body_without_one_token_is_an_invalid_request(stack: Deployed, body: str) -> None:
    answer = stack.client("identity_api").send("POST", REVOKE, body, headers=FORM)
    assert (answer.status, answer.body["error"]) == (400, "invalid_request")


def test_a_body_over_8_kib_is_refused(stack: Deployed) -> None:
    answer = revoke(stack, "x" * 8192)
    assert (answer.status, answer.body["error"]) == (413, "invalid_request")
    assert revoke(stack, "x" * 8000).status == 200


def test_json_is_taken_as_a_form_is(stack: Deployed) -> None:
    text = stack.new_key(Role.VIEWER)
    assert stack.client("identity_api").post(REVOKE, {"token": text}).status == 200
    assert not works(stack, text)
