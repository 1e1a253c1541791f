"""The cookie of a session: what it is, and in which requests it counts."""

import pytest

from certctl.api.edge import COOKIE
from certctl.domain.access.permissions import Role
from certctl.domain.identity.sessions import LIFETIME
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed
from tests.support.identity.sessions import OWN_PAGE, SESSION, browser, session_of, sign_in

TEAMS = "/api/v1/teams"
BLANKS = ["\u2003", "\u00a0", "\u3000", "\u0085", "\x1c", "\x0b"]
OTHER_PAGES = [
    {},
    {"x-certctl-request": "0"},
    {"x-certctl-request": ""},
    {"sec-fetch-site": "same-origin"},
    OWN_PAGE | {"sec-fetch-site": "cross-site"},
    OWN_PAGE | {"sec-fetch-site": "same-site"},
    OWN_PAGE | {"sec-fetch-site": "none"},
    OWN_PAGE | {"sec-fetch-site": ""},
]


def test_the_cookie_is_for_this_host_and_its_own_pages_and_no_script_reads_it(stack: Deployed) -> None:
    (line,) = sign_in(stack, stack.new_key(Role.VIEWER, ["t-1"])).cookies
    name, *attributes = line.split("; ")
    assert name.startswith("__Host-certctl=certctl_ses_")
    assert sorted(attributes) == [
        "HttpOnly",
        f"Max-Age={int(LIFETIME.total_seconds())}",
        "Path=/",
        "SameSite=Strict",
        "Secure",
    ]


def test_a_refused_key_gets_no_cookie(stack: Deployed) -> None:
    answer = sign_in(stack, "certctl_" + "a" * 43)
    assert (answer.status, list(answer.cookies)) == (401, [])


@pytest.mark.parametrize("headers", OTHER_PAGES)
def test_another_page_can_neither_use_a_session_nor_start_one(
    stack: Deployed, headers: dict[str, str]
) -> None:
    key = stack.new_key(Role.ADMIN)
    session = session_of(stack, key)
    assert browser(stack, "catalog_api", session, headers).get(TEAMS).status == 403
    assert browser(stack, "catalog_api", session, headers).post(TEAMS, {"name": "web"}).status == 403
    answer = sign_in(stack, key, headers)
    assert (answer.status, list(answer.cookies)) == (403, [])


def test_a_browser_that_does_not_say_where_a_request_comes_from_is_believed_by_the_header(
    stack: Deployed,
) -> None:
    session = session_of(stack, stack.new_key(Role.ADMIN))
    client = browser(stack, "catalog_api", session, {"x-certctl-request": "1"})
    assert client.get(TEAMS).status == 200


def test_a_key_needs_no_such_header(stack: Deployed) -> None:
    client = stack.client("catalog_api", stack.new_key(Role.ADMIN))
    assert client.send("GET", TEAMS, headers={"sec-fetch-site": "cross-site"}).status == 200


def test_the_authorization_header_wins_over_the_cookie(stack: Deployed) -> None:
    key, key_id = stack.new_key_and_id(Role.VIEWER, ["t-1"])
    cookies = {COOKIE: session_of(stack, stack.new_key(Role.ADMIN))}
    handler = stack.client("identity_api").handler
    assert Client(handler, key, cookies, OWN_PAGE).get(SESSION).body["id"] == key_id
    for refused in ("certctl_" + "a" * 43, "hunter2"):
        assert Client(handler, refused, cookies, OWN_PAGE).get(SESSION).status == 401
    empty = Client(handler, None, cookies, OWN_PAGE | {"authorization": ""})
    assert empty.get(SESSION).status == 401


def test_the_header_takes_a_session_too_as_a_command_line_sends_it(stack: Deployed) -> None:
    session = session_of(stack, stack.new_key(Role.ADMIN))
    assert stack.client("catalog_api", session).get(TEAMS).status == 200


def test_a_key_in_the_cookie_is_no_session(stack: Deployed) -> None:
    assert browser(stack, "catalog_api", stack.new_key(Role.ADMIN)).get(TEAMS).status == 401


def test_the_cookie_is_found_among_others_and_in_the_plain_header(stack: Deployed) -> None:
    session = session_of(stack, stack.new_key(Role.ADMIN))
    handler = stack.client("catalog_api").handler
    assert Client(handler, None, {"a": "b", COOKIE: session, "c": ""}, OWN_PAGE).get(TEAMS).status == 200
    plain = OWN_PAGE | {"cookie": f"a=b; {COOKIE}={session}"}
    assert Client(handler, None, {}, plain).get(TEAMS).status == 200


@pytest.mark.parametrize("blank", BLANKS)
def test_a_cookie_that_another_host_may_set_is_no_session(stack: Deployed, blank: str) -> None:
    """A browser takes `__Host-` after such a blank for another name, and sends the longer path first."""
    mine, mallorys = (
        session_of(stack, stack.new_key(role, ["t-1"])) for role in (Role.VIEWER, Role.OPERATOR)
    )
    handler = stack.client("identity_api").handler
    tossed = {f"{blank}{COOKIE}": mallorys}
    assert Client(handler, None, tossed, OWN_PAGE).get(SESSION).status == 401
    both = tossed | {COOKIE: mine}
    assert Client(handler, None, both, OWN_PAGE).get(SESSION).body["role"] == "viewer"


def test_of_two_sessions_in_one_request_none_is_believed(stack: Deployed) -> None:
    one, other = (session_of(stack, stack.new_key(Role.ADMIN)) for _ in range(2))
    handler = stack.client("catalog_api").handler
    sent = OWN_PAGE | {"cookie": f"{COOKIE}={one}; a=b;\t{COOKIE}={other}"}
    answer = Client(handler, None, {}, sent).get(TEAMS)
    assert answer.status == 403
    assert "2 cookies __Host-certctl" in answer.body["detail"]
    key = stack.new_key(Role.ADMIN)
    assert Client(handler, key, {}, sent).get(TEAMS).status == 200


def test_no_response_allows_another_origin_to_read_it(stack: Deployed) -> None:
    session = session_of(stack, stack.new_key(Role.ADMIN))
    client = browser(stack, "catalog_api", session, OWN_PAGE | {"origin": "https://evil.example"})
    for answer in (client.get(TEAMS), client.send("OPTIONS", TEAMS)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        assert answer.status in (200, 204)
