"""A session on every route: a page of another site gets nothing through, and a session has its key's role."""

import json
import re
from collections.abc import Iterator

import pytest

from certctl.api.resolver import Route
from certctl.domain.access.permissions import GRANTS, Role
from tests.contract.api.test_permissions import BODIES
from tests.support.access.foreign import MAKERS
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.functions.functions import all_routes
from tests.support.identity.sessions import OWN_PAGE, browser, session_of

_OTHER_PAGES = (
    {"origin": "https://evil.example", "content-type": "text/plain"},
    {"sec-fetch-site": "cross-site"},
    OWN_PAGE | {"sec-fetch-site": "cross-site"},
    OWN_PAGE | {"sec-fetch-site": "same-site"},
)
_MAKING_KEYS = {"create_api_key", "create_eab_key", "edit_eab_key", "rotate_eab_key"}
"""Refused to a session that was started with a key."""
_PEOPLE = [role for role in Role if role is not Role.AGENT]
_GUARDED = [(folder, route) for folder, route in all_routes() if route.permission is not None]
_WRITING = [(folder, route) for folder, route in all_routes() if route.method != "GET"]


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployed]:
    with deployed(Clock()) as stack:
        yield stack


def _path(route: Route) -> str:
    return re.sub(r"<\w+>", "x-1", route.path)


def _name(part: object) -> str:
    return f"{part.method} {part.path}" if isinstance(part, Route) else str(part)


def test_of_all_writing_requests_that_another_page_makes_none_gets_through(stack: Deployed) -> None:
    """Requests of a route for anyone do not read the cookie: they have no caller, and are not an
    exception."""
    session = session_of(stack, stack.new_key(Role.ADMIN))
    through = []
    for folder, route in _WRITING:
        for headers in _OTHER_PAGES:
            client = browser(stack, folder, session, headers)
            answer = client.send(route.method, _path(route), json.dumps(BODIES.get(route.handler, {})))
            expected = {403} if route.permission is not None else {400, 401, 403, 422}
            if answer.status not in expected:
                through.append((_name(route), headers, answer.status))
    assert through == []
    assert len(_WRITING) > 50


@pytest.mark.slow
@pytest.mark.parametrize("role", _PEOPLE)
def test_a_session_has_the_role_of_its_key_on_every_route(stack: Deployed, role: Role) -> None:
    session = session_of(stack, stack.new_key(role, ["t-own"]))
    wrong = []
    for folder, route in _GUARDED:
        if route.handler == "end_session":
            continue
        path = re.sub(r"<(\w+)>", lambda name: MAKERS[name[1]](stack), route.path)
        body = BODIES.get(route.handler)
        text = body and json.dumps(body).replace("{role}", role)
        answer = browser(stack, folder, session).send(route.method, path, text)
        is_refused = route.permission not in GRANTS[role] or route.handler in _MAKING_KEYS
        if (answer.status == 403) != is_refused or answer.status in (401, 500):
            wrong.append((_name(route), answer.status, answer.text))
    assert wrong == []
