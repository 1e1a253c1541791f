"""What a team-admin writes within its teams."""

from dataclasses import replace
from typing import Any

import pytest

from certctl.compose.rooms.base import Base
from certctl.compose.rooms.catalog import CatalogFactories
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import ChangedMeanwhile
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from tests.support.access.foreign import MAKERS
from tests.support.access.two_teams import KEYS, A, B, account_of, grants, key_for, two_teams
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import key_of

_SA, _OWNER, _TRUST, _ACCESS = Kind.SERVICE_ACCOUNT, Kind.OWNER, Kind.TRUST_RULE, Kind.ACCESS_RULE


def test_a_team_admin_writes_owners_accounts_keys_and_rules_of_its_team(stack: Deployed) -> None:
    teams = two_teams(stack)
    lead, made = teams.lead, dict[Kind, Any]()
    bodies: dict[Kind, dict[str, Any]] = {
        _OWNER: {},
        _SA: {"grants": grants() + grants("viewer")},
        _TRUST: {"service_account_id": teams.ids["own"]},
        _ACCESS: {"role": "operator", "teams": [A]},
    }
    for kind, fields in bodies.items():
        made[kind] = teams.catalog.made(kind, lead, **fields)
        path = f"{PATHS[kind]}/{made[kind]['id']}"
        assert lead.put(path, a_body(kind, **fields)).status == 200, kind
    key = key_for(lead, made[_SA]["id"])
    rule = made[_TRUST]["id"]
    preview = stack.client("identity_api", lead.key).post(
        f"/api/v1/auth/trust-rules/{rule}/preview", {"claims": {"sub": "job", "iat": 0}}
    )
    assert preview.status == 200, preview.text
    access = stack.client("identity_api", lead.key).post(
        "/api/v1/auth/preview", {"provider_id": "idp-trusted", "claims": {"groups": ["pki"]}}
    )
    assert access.status == 200, access.text

    assert made[_OWNER]["team_id"] == made[_SA]["team_id"] == A
    assert {key["id"], teams.ids["key of own"]} <= {each["id"] for each in lead.get(KEYS).body["data"]}
    assert lead.delete(f"{KEYS}/{key['id']}").status == 204
    assert lead.delete(f"{KEYS}/{teams.ids['key of own']}", reason="leaked").status == 204
    assert [lead.delete(f"{PATHS[kind]}/{made[kind]['id']}").status for kind in bodies] == [204] * 4


def test_its_list_of_keys_has_those_of_accounts_in_its_reach_and_no_others(stack: Deployed) -> None:
    teams = two_teams(stack)
    named = {key_id: name for name, key_id in teams.ids.items()}

    listed = [each["id"] for each in teams.lead.get(KEYS).body["data"]]

    own = teams.lead.get(f"{KEYS}/self").body["id"]
    assert sorted(named.get(each, each) for each in listed if each != own) == ["key of own"]


def _certificate_of(stack: Deployed, team_id: str, owner_id: str) -> None:
    store = CertificateStore(stack.database)
    made = store.get(MAKERS["certificate_id"](stack))
    assert made is not None
    named = replace(made, id=f"{made.id}-named", name="named", owner_id=owner_id, team_id=team_id)
    stack.database.transact(store.create_steps(named, []))


def test_an_owner_whom_a_certificate_of_another_team_names_is_an_administrators(stack: Deployed) -> None:
    teams = two_teams(stack)
    path, body = teams.path(_OWNER, "own owner"), {"email": "elsewhere@example.com"}
    for team, status in ((A, 200), (B, 403)):
        _certificate_of(stack, team, teams.ids["own owner"])
        answer = teams.lead.put(path, a_body(_OWNER, **body))
        assert answer.status == status, answer.text
    assert "other teams" in answer.body["detail"]
    assert teams.admin.put(path, a_body(_OWNER)).status == 200


def test_a_trust_rule_is_refused_if_its_account_changes_first(
    stack: Deployed,
) -> None:
    teams = two_teams(stack)
    records = CatalogFactories(Base(stack.overrides)).records
    caller = Principal("key-lead", Role.TEAM_ADMIN, (A,))
    rule = CatalogStore(stack.database).get(_TRUST, teams.ids["rule of own"])
    assert rule is not None
    steps = records.trusted_steps(caller, rule)

    stack.database.transact(steps)
    wide = teams.admin.put(teams.path(_SA, "own"), a_body(_SA, grants=grants("admin", "*")))

    assert wide.status == 200, wide.text
    with pytest.raises(ChangedMeanwhile):
        stack.database.transact(steps)


def test_what_an_auditors_or_operators_grant_gives_is_not_a_team_admins_to_give(stack: Deployed) -> None:
    """A caller with several grants: each account, key and rule needs one that may write it."""
    teams = two_teams(stack)
    mixed = [{"role": "team-admin", "teams": [A]}, {"role": "operator", "teams": [B]}]
    account = account_of(teams.catalog, A, [*mixed, {"role": "auditor", "teams": "*"}])
    caller = stack.client("catalog_api", key_of(stack, account))
    wanted = [grants("auditor", "*"), grants("viewer", "*"), grants("operator", [B])]

    made = [caller.post(PATHS[_SA], a_body(_SA, team_id=A, grants=each)).status for each in wanted]
    rules = [caller.post(PATHS[_ACCESS], a_body(_ACCESS, **each[0])).status for each in wanted]

    assert (made, rules) == ([403] * 3, [403] * 3)
    assert caller.post(PATHS[_SA], a_body(_SA, team_id=A, grants=grants())).status == 201


def test_a_key_limited_to_catalog_or_identity_writes_owners_or_rules_as_before(
    stack: Deployed,
) -> None:
    catalog = CatalogByHttp(stack).with_defaults()
    limits = {"actions": ["catalog:write", "identity:write"]}
    body = {"name": "ci", "role": "admin", "owner_id": "o-1"} | limits
    limited = stack.client("catalog_api", catalog.admin.post(KEYS, body).body["key"])
    assert limited.post(PATHS[_OWNER], a_body(_OWNER)).status == 201
    refused = limited.post(PATHS[_ACCESS], a_body(_ACCESS))
    assert (refused.status, "limited to actions" in refused.body["detail"]) == (403, True)
