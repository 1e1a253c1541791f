"""A command line signs in: consent in the dashboard, a code for a minute, a session of its own."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.subjects import Subject
from certctl.domain.identity.login_codes import challenge_of
from certctl.store.access.subjects import SubjectStore
from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed
from tests.support.identity.child_tokens import FORM, TOKEN, child_of
from tests.support.identity.sign_ins import new_user, signed_in

CODES, SESSION, KEYS = "/api/v1/auth/codes", "/api/v1/auth/session", "/api/v1/api-keys"
VERIFIER = "v" * 43
BACK = "http://127.0.0.1:54321/"
INVALID = (400, "invalid_grant")


def consent(stack: Deployed, session: str, **fields: Any) -> Answer:
    body = {"code_challenge": challenge_of(VERIFIER), "state": "the-state"} | fields
    return stack.client("identity_api", session).post(CODES, body)


def code_of(stack: Deployed, session: str, **fields: Any) -> str:
    answer = consent(stack, session, **fields)
    assert answer.status == 201, answer.text
    code: str = answer.body["code"]
    return code


def exchange(stack: Deployed, code: str, verifier: str = VERIFIER, back: str | None = BACK) -> Answer:
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    form |= {"redirect_uri": back} if back else {}
    return stack.client("identity_api").send("POST", TOKEN, urlencode(form), headers=FORM)


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["error"]


@pytest.fixture
def admin(stack: Deployed) -> Subject:
    return new_user(stack, Role.ADMIN)


def whoami(stack: Deployed, text: str) -> Any:
    return stack.client("identity_api", text).get(SESSION).body


def test_a_code_that_comes_back_to_the_computer_gives_a_session_of_twelve_hours(
    stack: Deployed, admin: Subject
) -> None:
    answer = consent(stack, signed_in(stack, admin), redirect_uri=BACK)
    back = urlsplit(answer.body["redirect_to"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    assert parse_qs(back.query) == {"code": [answer.body["code"]], "state": ["the-state"]}
    given = exchange(stack, answer.body["code"])
    assert (given.status, given.body["expires_in"]) == (200, 12 * 3600)
    text = given.body["access_token"]
    assert text.startswith(f"certctl_ses_{admin.ulid}_")
    assert (whoami(stack, text)["role"], whoami(stack, text)["subject_id"]) == ("admin", admin.id)
    stack.clock.advance(timedelta(hours=12))
    assert stack.client("catalog_api", text).get("/api/v1/teams").status == 401


def test_it_goes_on_when_the_browser_signs_out_and_ends_by_itself(stack: Deployed, admin: Subject) -> None:
    browser = signed_in(stack, admin)
    text = exchange(stack, code_of(stack, browser, redirect_uri=BACK)).body["access_token"]
    assert stack.client("identity_api", browser).delete(SESSION).status == 204
    assert whoami(stack, text)["role"] == "admin"
    assert stack.client("identity_api", text).delete(SESSION).status == 204
    stack.restart()
    assert stack.client("identity_api", text).get(SESSION).status == 401


def test_a_code_is_taken_once_within_a_minute_and_from_its_command_line_alone(
    stack: Deployed, admin: Subject
) -> None:
    session = signed_in(stack, admin)
    code = code_of(stack, session, redirect_uri=BACK)
    assert refusal(exchange(stack, code, "w" * 43)) == INVALID
    assert refusal(exchange(stack, code, back="http://127.0.0.1:54322/")) == INVALID
    assert refusal(exchange(stack, code, back=None)) == INVALID
    assert exchange(stack, code).status == 200
    assert refusal(exchange(stack, code)) == INVALID
    late = code_of(stack, session, redirect_uri=BACK)
    stack.clock.advance(timedelta(seconds=60))
    assert refusal(exchange(stack, late)) == INVALID
    assert refusal(exchange(stack, "unknown")) == INVALID


def test_a_pasted_code_never_makes_an_administrator_nor_anything_else(
    stack: Deployed, admin: Subject
) -> None:
    code = code_of(stack, signed_in(stack, admin))
    assert refusal(exchange(stack, code)) == INVALID
    text = exchange(stack, code, back=None).body["access_token"]
    assert (whoami(stack, text)["role"], whoami(stack, text)["teams"]) == ("operator", "*")
    assert stack.client("catalog_api", text).post("/api/v1/teams", {"name": "more"}).status == 403
    assert stack.client("catalog_api", text).post(KEYS, {"name": "x", "role": "viewer"}).status == 403
    assert consent(stack, text, redirect_uri=BACK).status == 403
    assert whoami(stack, child_of(stack, text, scope="write"))["role"] == "operator"


def test_a_pasted_code_leaves_other_roles_as_they_are(stack: Deployed) -> None:
    auditor = new_user(stack, Role.AUDITOR)
    text = exchange(stack, code_of(stack, signed_in(stack, auditor)), back=None).body["access_token"]
    assert whoami(stack, text)["role"] == "auditor"


def test_a_consent_needs_a_sign_in_of_the_last_fifteen_minutes(stack: Deployed, admin: Subject) -> None:
    old = signed_in(stack, admin, timedelta(minutes=16))
    key = stack.new_key(Role.ADMIN)
    for caller in (old, key):
        answer = consent(stack, caller, redirect_uri=BACK)
        assert (answer.status, answer.body["type"]) == (401, "urn:certctl:problem:sign-in-required")


@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1:8000/",
        "http://localhost:8000/",
        "http://127.0.0.1:8000/cb",
        "http://127.0.0.1:70000/",
        "http://127.0.0.1/",
        "http://127.0.0.1:80@evil.test/",
        "http://127.0.0.1:8000/\n",
    ],
)
def test_a_code_is_brought_to_no_other_computer(stack: Deployed, admin: Subject, uri: str) -> None:
    assert consent(stack, signed_in(stack, admin), redirect_uri=uri).status == 422


def test_a_user_who_is_disabled_meanwhile_gets_no_session(stack: Deployed, admin: Subject) -> None:
    code = code_of(stack, signed_in(stack, admin), redirect_uri=BACK)
    disabled = Subject(admin.id, admin.kind, admin.ulid, admin.grants, enabled=False)
    stack.database.write(SubjectStore(stack.database).put_step(disabled))
    assert refusal(exchange(stack, code)) == INVALID
