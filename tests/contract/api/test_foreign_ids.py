"""Each role over each id that a body or a query can name: no answer holds what is another team's."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from certctl.api.resolver import Route
from certctl.domain.access.permissions import GRANTS, Role, Scope
from tests.contract.api.test_permissions import BODIES, granted_by
from tests.support.access import permission_matrix
from tests.support.access.foreign import MAKERS, TEAM
from tests.support.access.foreign_ids import (
    FOREIGN,
    OF_NO_TEAM,
    OWN_TEAM,
    body_fields,
    own_path_id,
    query_fields,
)
from tests.support.api.http import Answer
from tests.support.api.openapi import DOCUMENT
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.functions.functions import all_routes

_DOCUMENT = json.loads(DOCUMENT.read_text(encoding="utf-8"))
_ROUTES = {route.handler: (folder, route) for folder, route in all_routes()}
_LIMITED = (Scope.TEAMS, Scope.OWN)


def _cases(found: Iterator[tuple[str, str]]) -> list[tuple[Role, str, str]]:
    return [
        (role, name, field)
        for name, field in found
        for role in Role
        if _scope(role, _ROUTES[name][1]) in _LIMITED and field not in OF_NO_TEAM
    ]


def _scope(role: Role, route: Route) -> Scope | None:
    return None if route.permission is None else GRANTS[role].get(route.permission)


@pytest.fixture(scope="module")
def walked() -> Iterator[Deployed]:
    with deployed(Clock()) as stack:
        for maker in MAKERS.values():
            maker(stack)
        yield stack


def _holds(answer: Answer, foreign: Any) -> bool:
    """What another team has, in an answer that is no refusal."""
    names = foreign if isinstance(foreign, list) else [foreign]
    return answer.status < 300 and any(name in answer.text for name in (TEAM, *names))


@pytest.mark.parametrize(("role", "name", "field"), _cases(body_fields(_DOCUMENT)))
def test_a_body_reaches_nothing_of_another_team(walked: Deployed, role: Role, name: str, field: str) -> None:
    folder, route = _ROUTES[name]
    foreign = FOREIGN[field](walked)
    base = json.loads(json.dumps(BODIES.get(name, {})).replace("{role}", granted_by(role)))
    body = {key: value for key, value in base.items() if key not in FOREIGN} | {field: foreign}
    path = re.sub(r"<(\w+)>", lambda part: own_path_id(walked, part[1]), route.path)
    answer = walked.client(folder, walked.new_key(role, [OWN_TEAM])).send(route.method, path, body)
    assert answer.status < 500
    assert not _holds(answer, foreign), answer.text


@pytest.mark.parametrize(("role", "name", "field"), _cases(query_fields(_DOCUMENT)))
def test_a_query_shows_nothing_of_another_team(walked: Deployed, role: Role, name: str, field: str) -> None:
    """A cursor is that of an administrator's list."""
    folder, route = _ROUTES[name]
    path = re.sub(r"<(\w+)>", lambda part: own_path_id(walked, part[1]), route.path)
    value = _cursor(walked, folder, path) if field == "cursor" else FOREIGN[field](walked)
    client = walked.client(folder, walked.new_key(role, [OWN_TEAM]))
    answer = client.send(route.method, path, query={field: value})
    assert answer.status in (200, 403, 404, 422)
    if answer.status == 200:
        assert TEAM not in answer.text
        # CAs are of no team, and the trail has the paths of one's own calls
        assert "foreign" not in answer.text.replace("ca-foreign", "")


def _cursor(stack: Deployed, folder: str, path: str) -> str:
    answer = stack.admin(folder).get(path, per_page="1")
    return (answer.body.get("next_cursor") if answer.status == 200 else None) or "none"


def test_every_id_that_a_request_can_name_is_tried_or_is_of_no_team() -> None:
    named = {field for _, field in (*body_fields(_DOCUMENT), *query_fields(_DOCUMENT))}
    assert named - FOREIGN.keys() - OF_NO_TEAM - {"cursor"} == set(), (
        "see tests/support/access/foreign_ids.py"
    )


def test_the_matrix_in_the_docs_is_the_generated_one() -> None:
    assert permission_matrix.DOCUMENT.read_text(encoding="utf-8") == permission_matrix.rendered(), (
        "run `make openapi` and commit"
    )
