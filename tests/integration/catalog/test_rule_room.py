"""Team-admins cannot take the room of other teams, or of administrators, for rules that give access."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any

import pytest

from certctl.api.catalog.access_rule_schemas import AccessRuleBody
from certctl.api.catalog.bodies import new_entry
from certctl.api.catalog.entry_bodies import EntryBody
from certctl.api.catalog.trust_schemas import TrustRuleBody
from certctl.compose.catalog_api import CatalogApi
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.rule_room import LEFT_TO_ADMINISTRATORS, MOST_OF_TEAM
from certctl.domain.identity.access_rules import MOST_ACCESS_RULES, AccessRule
from certctl.domain.identity.trust_rules import ClaimRule, TrustRule
from certctl.store.catalog.records import CatalogStore
from tests.support.access.two_teams import A, B, account_of, grants
from tests.support.api.http import Answer, Client
from tests.support.catalog.catalog import PATHS, CatalogByHttp, a_body
from tests.support.catalog.entries import entry, store_teams
from tests.support.functions.deployed import Deployed

C = "t-c"


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    made = CatalogByHttp(stack).with_defaults()
    store_teams(stack.database, stack.clock(), A, B, C)
    made.make_trusted()
    return made


@pytest.fixture
def lead(catalog: CatalogByHttp) -> Client:
    return catalog.of_team(A, B, role=Role.TEAM_ADMIN)


def store_access_rules(catalog: CatalogByHttp, count: int, *teams: str) -> None:
    content = AccessRule("idp-trusted", ("groups",), ("x",), Role.VIEWER, teams)
    store(catalog, Kind.ACCESS_RULE, count, content, teams[0])


def store_trust_rules(catalog: CatalogByHttp, count: int, account_id: str) -> None:
    content = TrustRule("idp-trusted", account_id, (ClaimRule(("sub",), ("job",)),))
    store(catalog, Kind.TRUST_RULE, count, content, account_id)


def store(catalog: CatalogByHttp, kind: Kind, count: int, content: Any, name: str) -> None:
    """Without what is written with a record."""
    now = catalog.stack.clock()
    made = [entry(kind, f"stored-{name}-{number}", now, content) for number in range(count)]
    first_steps = [CatalogStore(catalog.stack.database).create_steps(each)[0] for each in made]
    for steps in batched(first_steps, 100, strict=False):
        catalog.stack.database.transact(list(steps))


def given(client: Client, *teams: str) -> Answer:
    return client.post(PATHS[Kind.ACCESS_RULE], a_body(Kind.ACCESS_RULE, role="viewer", teams=list(teams)))


def trusted(client: Client, account_id: str) -> Answer:
    return client.post(PATHS[Kind.TRUST_RULE], a_body(Kind.TRUST_RULE, service_account_id=account_id))


def moved(client: Client, catalog: CatalogByHttp, account_id: str, team: str) -> Answer:
    account = catalog.admin.get(f"{PATHS[Kind.SERVICE_ACCOUNT]}/{account_id}").body
    body = {"name": account["name"], "grants": grants(), "team_id": team}
    return client.put(f"{PATHS[Kind.SERVICE_ACCOUNT]}/{account_id}", body)


def test_a_team_admin_writes_twenty_access_rules_for_a_team_and_an_administrator_more(
    catalog: CatalogByHttp, lead: Client
) -> None:
    store_access_rules(catalog, MOST_OF_TEAM - 1, A)
    last = given(lead, A)
    assert last.status == 201, last.text
    refused = given(lead, A, B)
    assert (refused.status, refused.body["detail"]) == (
        409,
        f"Team-admins give the team {A} at most 20 access rules, and it has 20: delete one first, or ask an "
        "administrator.",
    )
    assert (given(lead, B).status, given(catalog.admin, A).status) == (201, 201)


def test_one_that_is_being_deleted_leaves_room(catalog: CatalogByHttp, lead: Client) -> None:
    store_access_rules(catalog, MOST_OF_TEAM - 1, A)
    last = given(lead, A).body["id"]
    assert lead.delete(f"{PATHS[Kind.ACCESS_RULE]}/{last}").status == 204
    assert given(lead, A).status == 201


def test_an_access_rule_is_edited_within_its_teams_and_not_given_to_one_that_is_full(
    catalog: CatalogByHttp, lead: Client
) -> None:
    store_access_rules(catalog, MOST_OF_TEAM, A)
    rule = given(lead, B).body
    place = f"{PATHS[Kind.ACCESS_RULE]}/{rule['id']}"
    body = {name: rule[name] for name in ("name", "provider_id", "claim_path", "role")}
    assert lead.put(place, body | {"values": ["other"], "teams": [B]}).status == 200
    assert lead.put(place, body | {"values": ["other"], "teams": [B, A]}).status == 409
    full = f"{PATHS[Kind.ACCESS_RULE]}/stored-{A}-0"
    assert lead.put(full, body | {"name": "in A", "values": ["other"], "teams": [A]}).status == 200


def test_trust_rules_count_for_the_team_of_their_service_account(
    catalog: CatalogByHttp, lead: Client
) -> None:
    first, second, other = (account_of(catalog, team, grants()) for team in (A, A, B))
    store_trust_rules(catalog, 12, first)
    store_trust_rules(catalog, 8, second)
    refused = trusted(lead, first)
    assert (refused.status, "at most 20 trust rules" in refused.body["detail"]) == (409, True)
    elsewhere = trusted(lead, other)
    assert (elsewhere.status, trusted(catalog.admin, first).status) == (201, 201), elsewhere.text
    body = a_body(Kind.TRUST_RULE, name=elsewhere.body["name"], service_account_id=first)
    assert lead.put(f"{PATHS[Kind.TRUST_RULE]}/{elsewhere.body['id']}", body).status == 409


def test_a_service_account_does_not_take_its_trust_rules_to_a_team_that_has_no_room(
    catalog: CatalogByHttp, lead: Client
) -> None:
    full, busy, idle = (account_of(catalog, team, grants()) for team in (A, B, B))
    store_trust_rules(catalog, MOST_OF_TEAM - 1, full)
    store_trust_rules(catalog, 2, busy)
    statuses = [moved(lead, catalog, each, A).status for each in (busy, idle)]
    assert (statuses, moved(catalog.admin, catalog, busy, A).status) == ([409, 200], 200)


def test_team_admins_leave_the_last_rules_of_a_stack_to_administrators(
    catalog: CatalogByHttp, lead: Client
) -> None:
    store_access_rules(catalog, MOST_ACCESS_RULES - LEFT_TO_ADMINISTRATORS, C)
    refused = given(lead, A)
    assert (refused.status, "the last 50 of 200 are for administrators" in refused.body["detail"]) == (
        409,
        True,
    )
    assert given(catalog.admin, A).status == 201
    store_access_rules(catalog, LEFT_TO_ADMINISTRATORS - 1, B)
    assert given(catalog.admin, A).status == 409


@contextmanager
def meanwhile(catalog: CatalogByHttp, kind: Kind, body: EntryBody) -> Iterator[None]:
    """Another team-admin writes the rule between the reads of the next transaction and its write."""
    other = Principal("key-other", Role.TEAM_ADMIN, (A,))
    service = CatalogApi(catalog.stack.overrides).catalog
    events, name = catalog.stack.database.client.meta.events, "before-call.dynamodb.TransactWriteItems"

    def once(**_: Any) -> None:
        events.unregister(name, once)
        service.create(other, kind, new_entry(body))

    events.register(name, once)
    yield


def test_two_access_rules_that_are_written_at_once_stay_within_the_bound(
    catalog: CatalogByHttp, lead: Client
) -> None:
    store_access_rules(catalog, MOST_OF_TEAM - 1, A)
    body = AccessRuleBody(**a_body(Kind.ACCESS_RULE, role="viewer", teams=[A]))
    with meanwhile(catalog, Kind.ACCESS_RULE, body):
        assert given(lead, A).status == 409
    assert len(rules_of(catalog, Kind.ACCESS_RULE)) == MOST_OF_TEAM


def test_an_account_that_moves_while_a_trust_rule_is_written_stays_within_the_bound(
    catalog: CatalogByHttp, lead: Client
) -> None:
    full, busy = (account_of(catalog, team, grants()) for team in (A, B))
    store_trust_rules(catalog, MOST_OF_TEAM - 1, full)
    store_trust_rules(catalog, 1, busy)
    body = TrustRuleBody(**a_body(Kind.TRUST_RULE, service_account_id=full))
    with meanwhile(catalog, Kind.TRUST_RULE, body):
        assert moved(lead, catalog, busy, A).status == 409
    assert len(rules_of(catalog, Kind.TRUST_RULE)) == MOST_OF_TEAM + 1


def rules_of(catalog: CatalogByHttp, kind: Kind) -> list[AnyEntry]:
    return list(CatalogStore(catalog.stack.database).all_of(kind))
