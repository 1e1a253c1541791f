"""Kinds of credentials x roles x routes x teams: no call succeeds that the design does not allow."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pytest

from certctl.api.resolver import Route
from certctl.domain.access.permissions import Role
from tests.contract.api.test_permissions import BODIES, granted_by
from tests.support.access.foreign import TEAM
from tests.support.access.walk.callers import MAKERS, Caller, Holder
from tests.support.access.walk.designed import PATTERNS, Call, permission_of
from tests.support.access.walk.oracle import Case, Held, roles_of, teams_of
from tests.support.access.walk.requests import OTHER_TEAM, body_of, path_of
from tests.support.api.http import Answer
from tests.support.aws.in_process.laid_down import all_rows, lay_down_again
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import store_teams
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.functions.functions import all_routes
from tests.support.identity.sessions import OWN_PAGE
from tests.support.template import ROOT

_SECURITY = ROOT / "docs" / "security.md"
_ROUTES = {
    Call(route.method, route.path): (folder, route) for folder, route in all_routes() if route.permission
}
_EACH = 97
"""`make test` takes every 97th case of the walk: a prime, for cases of all kinds. `make nightly` has all."""
_SUCCESSES = range(200, 400)
_ENDS_ITSELF = ("DELETE /api-keys/*", "DELETE /auth/session", "POST /agent/key/rotate")


def _cases() -> list[Case]:
    return [
        Case(held, role, call, is_own)
        for held in Held
        for role in roles_of(held)
        for is_own in teams_of(held)
        for call in _ROUTES
    ]


_CASES = _cases()


@dataclass
class Walk:
    """`rows` are those of a stack that nobody has called."""

    stack: Deployed
    rows: dict[str, Any] = field(default_factory=all_rows)
    succeeded: list[Case] = field(default_factory=list)

    def faults(self, cases: list[Case]) -> list[str]:
        """The faults of the cases. Those of a caller follow each other: it is used again until a call may
        have ended it."""
        return [fault for _, group in groupby(cases, _holder) for fault in self._faults_of(list(group))]

    def _faults_of(self, cases: list[Case]) -> Iterator[str]:
        lay_down_again(self.rows)
        caller = self._caller(cases[0])
        for case in cases:
            answer = self._answer(case, caller)
            if self._is_wrong(case, answer):
                yield f"{case}: {answer.status} {answer.text}"
            if any(map(case.call.fits, _ENDS_ITSELF)):
                caller = self._caller(case)

    def _caller(self, case: Case) -> Caller:
        team = TEAM if case.is_own else OTHER_TEAM
        return MAKERS[case.held](Holder(self.stack, Role(case.role), team))

    def _answer(self, case: Case, caller: Caller) -> Answer:
        folder, route = _ROUTES[case.call]
        body = _body(route, Role(case.role), self.stack)
        client, path = caller.client(folder), path_of(case, caller)
        return client.send(route.method, path, body, headers=OWN_PAGE)

    def _is_wrong(self, case: Case, answer: Answer) -> bool:
        if case.refusal is not None:
            return answer.status != case.refusal
        if answer.status not in _SUCCESSES:
            return answer.status == 401 and case.call.method == "GET"
        self.succeeded.append(case)
        return not case.may_succeed or (_is_limited(case) and TEAM in answer.text)


def _holder(case: Case) -> tuple[Held, str, bool]:
    return case.held, case.role, case.is_own


def _is_limited(case: Case) -> bool:
    """To its own team, or its own records, which are not those of the team that calls name."""
    return not case.is_own and case.scope in ("T", "own")


def _body(route: Route, role: Role, stack: Deployed) -> str | None:
    return body_of(route.handler, BODIES.get(route.handler), granted_by(role), stack)


@pytest.fixture
def walk() -> Iterator[Walk]:
    with deployed(Clock()) as stack:
        catalog = CatalogByHttp(stack).with_defaults()
        catalog.make_trusted()
        store_teams(stack.database, stack.clock(), TEAM, OTHER_TEAM)
        yield Walk(stack)


def test_each_route_has_the_permission_that_is_written_down_for_it() -> None:
    coded = {call: str(route.permission) for call, (_, route) in _ROUTES.items()}
    assert coded == {call: permission_of(call) for call in _ROUTES}
    assert [pattern for pattern, _ in PATTERNS if not any(call.fits(pattern) for call in _ROUTES)] == []


def test_what_make_test_walks_has_each_kind_each_role_and_each_route() -> None:
    walked = _CASES[::_EACH]
    assert {case.held for case in walked} == set(Held)
    assert {case.role for case in walked} == set(Role)
    assert {case.call for case in walked} == set(_ROUTES)


def test_the_docs_say_how_many_requests_the_walk_has() -> None:
    told = f"{len(_CASES):,} requests"
    assert told in _SECURITY.read_text(encoding="utf-8"), f"a route came or went: {told} in docs/security.md"


def test_no_call_of_some_succeeds_that_may_not(walk: Walk) -> None:
    assert walk.faults(_CASES[::_EACH]) == []
    assert walk.succeeded


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("held", "role"),
    [pytest.param(held, role, id=f"{held.name}-{role}") for held in Held for role in roles_of(held)],
)
def test_no_call_succeeds_that_may_not(walk: Walk, held: Held, role: str) -> None:
    cases = [case for case in _CASES if (case.held, case.role) == (held, role)]
    assert walk.faults(cases) == []
    assert bool(walk.succeeded) == any(case.may_succeed for case in cases)
