"""The table of docs/permissions.md, and a walk: each role over each route, with an id of another team."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.api.resolver import Route
from certctl.domain.access.permissions import GRANTS, Permission, Role, Scope, covers, may_grant
from certctl.domain.catalog.record_kinds import Kind
from tests.support.access.foreign import MAKERS
from tests.support.access.walk.designed import GRANTED
from tests.support.api.http import Answer
from tests.support.catalog.catalog import a_body
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.functions.functions import all_routes
from tests.support.identity.sessions import OWN_PAGE

_COLUMNS = (Role.ADMIN, Role.TEAM_ADMIN, Role.OPERATOR, Role.VIEWER, Role.AUDITOR, Role.AGENT)
_SCOPES = {"A": Scope.ALL, "T": Scope.TEAMS, "S": Scope.OWN, "own": Scope.OWN, "-": None}
_GRANTED: dict[Role, set[str]] = {
    Role.ADMIN: {"admin", "team-admin", "operator", "viewer", "auditor", "agent"},
    Role.TEAM_ADMIN: {"operator", "viewer"},
    Role.OPERATOR: {"operator", "viewer"},
    Role.VIEWER: {"viewer"},
    Role.AUDITOR: {"auditor", "viewer"},
    Role.AGENT: {"agent"},
}
# The least that gets a request past its form (422) to the record.
BODIES: dict[str, Any] = {
    "create_api_key": {"name": "walk", "role": "{role}"},
    "create_certificate": {"common_name": "www.example.com"},
    "edit_certificate": {"environment": "production"},
    "submit_csr": {"csr_pem": "pem"},
    # refused before the age of the sign-in, which a key does not have
    "create_login_code": {"code_challenge": "c" * 43, "state": "s", "redirect_uri": "https://evil.example/"},
    "preview_trust_rule": {"claims": {}},
    "preview_unsaved_trust_rule": {"rule": a_body(Kind.TRUST_RULE), "claims": {}},
    "preview_access": {"provider_id": "idp-none", "claims": {}},
    "bulk_revoke": {"reason": "superseded", "certificate_ids": ["mc-none"]},
    "create_campaign": {"reason": "superseded", "selection": {"certificate_ids": ["mc-none"]}},
    "confirm_campaign": {"confirm": 0},
    "bulk_requeue": {"channel": "none"},
    "create_channel": {"id": "walk", "kind": "Slack", "settings": {"url": "certctl/blue/channels/walk"}},
    "edit_channel": {"settings": {"url": "certctl/blue/channels/walk"}},
    "save_routing_rule": {"routes": [{"channels": ["none"]}]},
    "preview_policy": {"type": "CertificateLifetime", "config": {"max_days": 47}},
    "preview_team_names": {"allowed_names": ["DNS:**.example.com"]},
    "preview_routing": {"type": "Revocation", "severity": "critical"},
    "begin_import": {"name": "walk"},
    "send_import_chunk": {"certificates": [{"place": "file:/walk.pem#0", "pem": "pem"}]},
    "change_observed_certificate": {"tags": {"service": "walk"}},
    "create_eab_key": {
        "name": "walk",
        "service_account_id": "sa-none",
        "team_id": "t-own",
        "names": ["DNS:**.example.com"],
    },
    "edit_eab_key": {"name": "walk", "names": ["DNS:**.example.com"]},
    "list_acme_orders": None,  # its query is required
    "create_endpoint": {"host": "www.example.com", "team_id": "t-own"},
    "attach_endpoint": {"expected": "any_valid"},
    "create_mute": {
        "team_id": "t-own",
        "ends_at": f"{datetime.now(UTC) + timedelta(hours=1):%FT%TZ}",
        "reason": "maintenance",
    },
}
BODIES |= {f"{verb}_{kind.label}": a_body(kind) for kind in Kind for verb in ("create", "edit")}
_OF_OWN_TEAM = a_body(Kind.SERVICE_ACCOUNT, grants=[{"role": "viewer", "teams": ["t-own"]}])
BODIES |= dict.fromkeys(("create_service_account", "edit_service_account"), _OF_OWN_TEAM)
_FOR_OWN_TEAM = a_body(Kind.ACCESS_RULE, role="viewer", teams=["t-own"])
BODIES |= dict.fromkeys(("create_access_rule", "edit_access_rule"), _FOR_OWN_TEAM)
BODIES |= {
    "create_bootstrap_token": {"hostname_pattern": "*.example.com", "team_id": "t-own"},
    "send_heartbeat": {"hostname": "web-1"},
    "submit_job_csr": {"csr_pem": "pem"},
    "start_deployment": {},
    "report_deployment": {"attempt": 1, "outcome": "failed"},
}
BODIES["register_agent"] = a_body(Kind.AGENT)
_GUARDED = [(folder, route) for folder, route in all_routes() if route.permission is not None]
# Roles whose walk is left to `make test-slow`: a call of every route for each takes most of this file's time.
_WALKED_LATER = (Role.ADMIN, Role.TEAM_ADMIN, Role.AUDITOR)
_ROLES = [pytest.param(role, marks=pytest.mark.slow if role in _WALKED_LATER else ()) for role in Role]
_ONE_RECORD = [(folder, route) for folder, route in _GUARDED if "<" in route.path]


def _rows() -> Iterator[tuple[Permission, dict[Role, Scope | None]]]:
    for line in GRANTED.strip().splitlines():
        permission, *cells = line.split()
        scopes = (_SCOPES[cell] for cell in cells)
        yield Permission(permission), dict(zip(_COLUMNS, scopes, strict=True))


def _name(part: object) -> str:
    return f"{part.method} {part.path}" if isinstance(part, Route) else str(part)


@pytest.fixture(scope="module")
def walked() -> Iterator[Deployed]:
    with deployed(Clock()) as stack:
        yield stack


def granted_by(role: Role) -> Role:
    """The strongest that it may give."""
    return role if may_grant(role, role) else Role.OPERATOR


def _body(route: Route, role: Role) -> str | None:
    body = BODIES.get(route.handler)
    return body and json.dumps(body).replace("{role}", granted_by(role))


def _call(stack: Deployed, folder: str, route: Route, role: Role, key: str | None) -> Answer:
    path = re.sub(r"<(\w+)>", lambda name: MAKERS[name[1]](stack), route.path)
    client = stack.client(folder, key)
    answer = client.send(route.method, path, _body(route, role), headers=OWN_PAGE)
    if "The request is invalid." in answer.text and route.handler not in BODIES:
        pytest.fail(f"give {route.handler} a body in BODIES: {answer.text}")
    return answer


def test_the_grants_are_those_of_the_design() -> None:
    designed = dict(_rows())
    coded = {p: {role: GRANTS[role].get(p) for role in _COLUMNS} for p in Permission}
    assert coded == designed


@pytest.mark.parametrize("granter", Role)
def test_each_role_grants_these(granter: Role) -> None:
    assert {granted.value for granted in Role if may_grant(granter, granted)} == _GRANTED[granter]


@pytest.mark.parametrize("granted", Role)
@pytest.mark.parametrize("granter", Role)
def test_who_may_grant_to_one_that_grants_may_grant_the_same(granter: Role, granted: Role) -> None:
    """So no chain of keys ends in a role that its first maker could not give."""
    for between in Role:
        if may_grant(granter, between) and may_grant(between, granted):
            assert may_grant(granter, granted)


@pytest.mark.parametrize("other", Role)
@pytest.mark.parametrize("one", Role)
def test_roles_that_cover_each_other_are_one(one: Role, other: Role) -> None:
    assert not (covers(one, other) and covers(other, one)) or one is other
    assert all(covers(one, last) for last in Role if covers(one, other) and covers(other, last))


@pytest.mark.parametrize("granter", Role)
@pytest.mark.parametrize("granted", Role)
def test_nobody_grants_what_they_do_not_have(granter: Role, granted: Role) -> None:
    if may_grant(granter, granted):
        assert GRANTS[granted].keys() <= GRANTS[granter].keys()
        reach = (Scope.OWN, Scope.TEAMS, Scope.ALL)
        assert all(reach.index(s) <= reach.index(GRANTS[granter][p]) for p, s in GRANTS[granted].items())


@pytest.mark.parametrize(("folder", "route"), _GUARDED, ids=_name)
def test_no_route_answers_without_a_key(walked: Deployed, folder: str, route: Route) -> None:
    assert _call(walked, folder, route, Role.ADMIN, None).status == 401


@pytest.mark.parametrize("role", _ROLES)
@pytest.mark.parametrize(("folder", "route"), _GUARDED, ids=_name)
def test_a_route_is_403_for_exactly_the_roles_without_its_permission(
    walked: Deployed, folder: str, route: Route, role: Role
) -> None:
    assert route.permission is not None
    answer = _call(walked, folder, route, role, walked.new_key(role, ["t-own"]))
    assert (answer.status == 403) == (route.permission not in GRANTS[role])
    assert answer.status not in (401, 500)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("folder", "route"), _ONE_RECORD, ids=_name)
def test_another_teams_id_is_404_unless_the_role_reaches_all(
    walked: Deployed, folder: str, route: Route, role: Role
) -> None:
    assert route.permission is not None
    scope = GRANTS[role].get(route.permission)
    if scope not in (Scope.TEAMS, Scope.OWN):
        return
    answer = _call(walked, folder, route, role, walked.new_key(role, ["t-own"]))
    assert answer.status == 404
