"""Sessions as a browser holds them: in a cookie, with the header that only the dashboard's own pages send."""

from collections.abc import Mapping

from certctl.api.edge import COOKIE
from tests.support.api.http import Answer, Client
from tests.support.functions.deployed import Deployed

SESSION = "/api/v1/auth/session"
SESSIONS_OF_USER = "/api/v1/auth/users/<user_id>/sessions"
OWN_PAGE = {"x-certctl-request": "1", "sec-fetch-site": "same-origin"}


def sign_in(stack: Deployed, key: str, headers: Mapping[str, str] = OWN_PAGE) -> Answer:
    return stack.client("identity_api", key).send("POST", SESSION, headers=headers)


def session_of(stack: Deployed, key: str) -> str:
    """The text of a session that is started with the key."""
    answer = sign_in(stack, key)
    assert answer.status == 201, answer.text
    return cookie_in(answer)


def cookie_in(answer: Answer) -> str:
    (line,) = answer.cookies
    name, _, value = line.partition(";")[0].partition("=")
    assert name == COOKIE
    return value


def browser(
    stack: Deployed, folder: str, session: str, headers: Mapping[str, str] | None = OWN_PAGE
) -> Client:
    """Sends the session in the cookie, as API Gateway passes it on."""
    return Client(stack.client(folder).handler, None, {COOKIE: session}, headers or {})
