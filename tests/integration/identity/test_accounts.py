"""Service accounts and users: their records, and what these do to their credentials."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict
from certctl.domain.identity.accounts import User
from certctl.domain.ids import ulid_of
from certctl.services.catalog.deletions import WAIT, DeletionReport
from certctl.services.identity.authentication import CACHE_TIME
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.identity.users import UserStore
from tests.support.api.http import Client
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import store_teams
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import key_of

OWNERS = "/api/v1/owners"
KEYS = "/api/v1/api-keys"
_ACCOUNTS = [Kind.SERVICE_ACCOUNT, Kind.USER]
_ISSUER = "https://login.example"


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    return CatalogByHttp(stack).with_defaults()


def grants(role: str = "admin", teams: Any = "*") -> list[dict[str, Any]]:
    return [{"role": role, "teams": teams}]


def client_of(catalog: CatalogByHttp, account: dict[str, Any]) -> Client:
    return catalog.stack.client("catalog_api", key_of(catalog.stack, account["id"]))


def changed(catalog: CatalogByHttp, kind: Kind, account: dict[str, Any], **changes: Any) -> int:
    body = {name: account[name] for name in ("name", "grants", "enabled")} | changes
    return catalog.admin.put(catalog.path_of(kind, account), body).status


def finished(catalog: CatalogByHttp) -> DeletionReport:
    catalog.stack.clock.advance(WAIT)
    return MaintenanceSchedule(catalog.stack.overrides).catalog_deletions.run(lambda: True)


@pytest.mark.parametrize("kind", _ACCOUNTS)
def test_an_account_has_a_subject_from_the_start_and_its_keys_have_its_grants(
    catalog: CatalogByHttp, kind: Kind
) -> None:
    account = catalog.made(kind, grants=grants("operator", ["t-default"]) + grants("viewer"))
    me = client_of(catalog, account).get(f"{KEYS}/self").body
    assert me["subject_id"] == account["id"]
    assert me["grants"] == account["grants"]


@pytest.mark.parametrize("kind", _ACCOUNTS)
def test_a_disabled_account_writes_no_more_at_once_and_reads_no_more_in_15_seconds(
    catalog: CatalogByHttp, kind: Kind
) -> None:
    account = catalog.made(kind, grants=grants())
    client = client_of(catalog, account)
    assert client.get(OWNERS).status == 200

    assert changed(catalog, kind, account, enabled=False) == 200

    assert client.post(OWNERS, {"name": "late"}).status == 401
    catalog.stack.clock.advance(CACHE_TIME + timedelta(seconds=1))
    assert client.get(OWNERS).status == 401
    assert changed(catalog, kind, account, enabled=True) == 200
    assert client.post(OWNERS, {"name": "again"}).status == 201


@pytest.mark.parametrize("kind", _ACCOUNTS)
def test_changed_grants_bind_the_keys_that_there_are(catalog: CatalogByHttp, kind: Kind) -> None:
    account = catalog.made(kind, grants=grants())
    client = client_of(catalog, account)
    assert client.post(OWNERS, {"name": "before"}).status == 201
    assert changed(catalog, kind, account, grants=grants("viewer")) == 200
    assert client.post(OWNERS, {"name": "after"}).status == 403


@pytest.mark.parametrize("kind", _ACCOUNTS)
def test_a_deleted_account_ends_with_its_keys(catalog: CatalogByHttp, kind: Kind) -> None:
    account = catalog.made(kind, grants=grants())
    client = client_of(catalog, account)
    key_id = client.get(f"{KEYS}/self").body["id"]

    assert catalog.admin.delete(catalog.path_of(kind, account)).status == 204

    assert client.post(OWNERS, {"name": "late"}).status == 401
    assert finished(catalog) == DeletionReport(deleted=1, restored=0)
    assert catalog.admin.get(f"{KEYS}/{key_id}").body["revoked_at"] is not None
    assert SubjectStore(catalog.stack.database).get(ulid_of(account["id"])) is None
    assert client.post(OWNERS, {"name": "later"}).status == 401


def test_a_trust_rule_holds_its_service_account(catalog: CatalogByHttp) -> None:
    rule = catalog.made(Kind.TRUST_RULE)
    account = {"id": rule["service_account_id"]}
    refused = catalog.admin.delete(catalog.path_of(Kind.SERVICE_ACCOUNT, account))
    assert (refused.status, "in use by 1 trust-rule" in refused.body["detail"]) == (409, True)
    gone = {"id": "sa-01k0000000000000000000gone"}
    body = {
        "name": "x",
        "provider_id": "idp-trusted",
        "service_account_id": gone["id"],
        "claims": rule["claims"],
    }
    refused = catalog.admin.post("/api/v1/trust-rules", body)
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "service_account_id")


def test_an_account_that_gets_a_trust_rule_during_its_deletion_works_again(catalog: CatalogByHttp) -> None:
    rule = catalog.made(Kind.TRUST_RULE)
    store, place = CatalogStore(catalog.stack.database), (Kind.SERVICE_ACCOUNT, rule["service_account_id"])
    text = key_of(catalog.stack, place[1])
    account = store.get(*place)
    assert account is not None
    catalog.stack.database.transact(store.mark_steps(account, catalog.stack.clock()))
    client = catalog.stack.client("catalog_api", text)
    assert client.get(OWNERS).status == 401

    assert finished(catalog) == DeletionReport(deleted=0, restored=1)

    assert client.get(OWNERS).status == 200


def test_a_team_is_not_deleted_while_an_account_has_a_role_in_it(catalog: CatalogByHttp) -> None:
    team = catalog.made(Kind.TEAM)
    account = catalog.made(Kind.USER, grants=grants("viewer", [team["id"]]))
    assert catalog.admin.delete(catalog.path_of(Kind.TEAM, team)).status == 409
    assert changed(catalog, Kind.USER, account, grants=[]) == 200
    assert catalog.admin.delete(catalog.path_of(Kind.TEAM, team)).status == 204


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": "sa-chosen"}, "id"),
        ({"grants": grants("agent")}, "grants.0.role"),
        ({"grants": grants("viewer", ["t-none"])}, "grants.0.teams"),
        ({"grants": grants("viewer") + grants("viewer", ["t-default"])}, "grants"),
        ({"grants": []}, "body.grants"),
        ({"team_id": "t-none"}, "team_id"),
    ],
)
def test_a_bad_service_account_is_refused_by_field(
    catalog: CatalogByHttp, fields: dict[str, Any], field: str
) -> None:
    body = {"name": "ci", "grants": grants("viewer")} | fields
    refused = catalog.admin.post("/api/v1/service-accounts", body)
    assert refused.status == 422, refused.text
    assert field.removeprefix("body.") in [error["field"] for error in refused.body["errors"]]


@pytest.mark.parametrize(
    ("role", "teams", "status"),
    [
        ("operator", ["t-1"], 201),
        ("viewer", ["t-1", "t-2"], 201),
        ("operator", ["t-3"], 403),
        ("viewer", "*", 403),
        ("team-admin", ["t-1"], 403),
        ("auditor", ["t-1"], 403),
        ("admin", "*", 403),
    ],
)
def test_a_team_admin_makes_service_accounts_up_to_operator_within_its_teams(
    catalog: CatalogByHttp, role: str, teams: Any, status: int
) -> None:
    store_teams(catalog.stack.database, catalog.stack.clock(), "t-1", "t-2", "t-3")
    lead = catalog.stack.client("catalog_api", catalog.stack.new_key(Role.TEAM_ADMIN, ["t-1", "t-2"]))
    wanted = {"name": "ci", "team_id": "t-1", "grants": grants(role, teams)}

    assert lead.post("/api/v1/service-accounts", wanted).status == status
    elsewhere = {"name": "other", "team_id": "t-3", "grants": grants("viewer", ["t-1"])}
    assert lead.post("/api/v1/service-accounts", elsewhere).status == 404


@pytest.mark.parametrize("limit", [{"actions": ["service-accounts:write"]}, {"names": ["ci.example.com"]}])
def test_a_limited_key_gives_no_roles_that_would_not_have_its_limit(
    catalog: CatalogByHttp, limit: dict[str, list[str]]
) -> None:
    made = catalog.admin.post(KEYS, {"name": "ci", "role": "admin", "owner_id": "o-1"} | limit).body
    narrow = catalog.stack.client("catalog_api", made["key"])

    refused = narrow.post("/api/v1/service-accounts", {"name": "ci", "grants": grants("operator", "*")})

    assert (refused.status, "is limited to some" in refused.body["detail"]) == (403, True)


def test_nobody_disables_or_deletes_their_own_account(catalog: CatalogByHttp) -> None:
    account = catalog.made(Kind.USER, grants=grants())
    client, path = client_of(catalog, account), catalog.path_of(Kind.USER, account)
    assert client.put(path, {"name": "me", "grants": account["grants"], "enabled": False}).status == 409
    assert client.delete(path).status == 409
    assert client.put(path, {"name": "me", "grants": account["grants"]}).status == 200


def test_people_may_have_the_same_name_and_are_listed_by_it_page_by_page(catalog: CatalogByHttp) -> None:
    made = {catalog.made(Kind.USER, name="Ada Lovelace")["id"] for _ in range(3)}
    catalog.made(Kind.USER, name="Grace Hopper")
    found: list[str] = []
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        page = catalog.admin.get("/api/v1/users", name="ada", per_page="1", **cursor).body
        found += [user["id"] for user in page["data"]]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert sorted(found) == sorted(made)


def test_names_and_addresses_of_people_are_in_no_event(catalog: CatalogByHttp) -> None:
    user = catalog.made(Kind.USER, name="Ada Lovelace", email="ada@example.com")
    changed(catalog, Kind.USER, user, name="Ada King", email="king@example.com")
    catalog.admin.delete(catalog.path_of(Kind.USER, user))
    trail = catalog.stack.admin("insights_api").get(
        "/api/v1/audit", resource_type="user", resource_id=user["id"]
    )
    events = [event for event in trail.body["data"] if event["resource_type"] == "user"]
    assert {event["action"] for event in events} == {"user_created", "user_updated", "user_deleted"}
    assert not any(word in trail.text for word in ("Ada", "ada@", "king@"))


def test_one_person_of_a_provider_is_one_user(catalog: CatalogByHttp) -> None:
    stack, now = catalog.stack, catalog.stack.clock()
    store = CatalogStore(stack.database)
    users = UserStore(stack.database, store)
    person = User((Grant(Role.VIEWER, ("*",)),), provider_id="idp-1", issuer=_ISSUER, subject="248289")
    first, second = (
        Entry(Kind.USER, f"usr-01k0000000000000000000000{n}", "Ada", person, now, now) for n in (1, 2)
    )
    stack.database.transact(store.create_steps(first))
    with pytest.raises(Conflict):
        stack.database.transact(store.create_steps(second))
    found = users.find(_ISSUER, "248289")
    assert found is not None
    assert (found.id, found.content) == (first.id, person)
    assert users.find(_ISSUER, "another") is None
    stack.database.transact(store.remove_steps(first))
    assert users.find(_ISSUER, "248289") is None
