"""Two teams with all that gives access: service accounts, keys, trust rules, access rules and owners."""

import json
from dataclasses import dataclass
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Client
from tests.support.catalog.catalog import PATHS, CatalogByHttp
from tests.support.catalog.entries import store_teams
from tests.support.functions.deployed import Deployed

A, B = "t-a", "t-b"
KEYS = "/api/v1/api-keys"
CLAIMS = [{"path": ["sub"], "values": ["job"]}]


def grants(role: str = "operator", teams: Any = (A,)) -> list[dict[str, Any]]:
    return [{"role": role, "teams": teams}]


@dataclass
class Teams:
    """Teams A and B, the team-admin of A, and what each team has. An id or text by its name."""

    catalog: CatalogByHttp
    lead: Client
    ids: dict[str, str]

    @property
    def admin(self) -> Client:
        return self.catalog.admin

    def path(self, kind: Kind, name: str) -> str:
        return f"{PATHS[kind]}/{self.ids[name]}"

    def snapshot(self) -> list[Any]:
        """All that an attempt may not change: rows of the catalog, keys included, but for their last use."""
        rows = self.catalog.stack.database.client.scan(TableName="catalog")["Items"]
        for row in rows:
            row.pop("last_used_at", None)
        return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)


def account_of(catalog: CatalogByHttp, team: str, given: list[dict[str, Any]]) -> str:
    record: str = catalog.made(Kind.SERVICE_ACCOUNT, team_id=team, grants=given)["id"]
    return record


def _rule(catalog: CatalogByHttp, account: str) -> str:
    record: str = catalog.made(Kind.TRUST_RULE, service_account_id=account)["id"]
    return record


def key_for(client: Client, account: str, **fields: Any) -> dict[str, Any]:
    answer = client.post(KEYS, {"name": "ci", "subject_id": account} | fields)
    assert answer.status == 201, answer.text
    key: dict[str, Any] = answer.body
    return key


def two_teams(stack: Deployed) -> Teams:
    catalog = CatalogByHttp(stack).with_defaults()
    store_teams(stack.database, stack.clock(), A, B)
    ids = {
        "own": account_of(catalog, A, grants()),
        "foreign": account_of(catalog, B, grants(teams=[B])),
        "mixed": account_of(catalog, A, grants("viewer", [A, B])),
        "mighty": account_of(catalog, A, grants("admin", "*")),
        "lent": account_of(catalog, B, grants("viewer", [A])),
        "auditing": account_of(catalog, A, grants("auditor", "*")),
        "everywhere": account_of(catalog, A, grants("viewer", "*")),
        "user": catalog.made(Kind.USER, grants=grants())["id"],
        "own owner": catalog.made(Kind.OWNER, team_id=A)["id"],
        "foreign owner": catalog.made(Kind.OWNER, team_id=B)["id"],
    }
    for name in ("own", "foreign", "mixed", "mighty", "lent", "auditing", "everywhere"):
        ids[f"rule of {name}"] = _rule(catalog, ids[name])
        ids[f"key of {name}"] = key_for(catalog.admin, ids[name])["id"]
    ids["narrow key of lent"] = key_for(catalog.admin, ids["lent"], role="viewer", teams=[A])["id"]
    ids["key of user"] = key_for(catalog.admin, ids["user"], role="operator", teams=[A])["id"]
    for name, role, teams in (
        ("own", "operator", [A]),
        ("foreign", "viewer", [B]),
        ("mixed", "viewer", [A, B]),
        ("everybody's", "viewer", "*"),
        ("leads'", "team-admin", [A]),
        ("admins'", "admin", "*"),
    ):
        ids[f"access of {name}"] = catalog.made(Kind.ACCESS_RULE, role=role, teams=teams)["id"]
    return Teams(catalog, catalog.of_team(A, role=Role.TEAM_ADMIN), ids)
