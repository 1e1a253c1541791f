"""The catalog over HTTP: a good body of each kind, and calls that must succeed."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from certctl.compose.stack_admin import StackAdmin
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Grant
from certctl.domain.catalog.defaults import DEFAULT_TEAM
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.accounts import ServiceAccount
from tests.support.api.http import Client
from tests.support.catalog.entries import store_entry
from tests.support.functions.deployed import Deployed

PATHS: Mapping[Kind, str] = {
    Kind.ISSUER: "/api/v1/issuers",
    Kind.TARGET: "/api/v1/targets",
    Kind.OWNER: "/api/v1/owners",
    Kind.TEAM: "/api/v1/teams",
    Kind.POLICY: "/api/v1/policies",
    Kind.PROFILE: "/api/v1/profiles",
    Kind.RENEWAL_POLICY: "/api/v1/renewal-policies",
    Kind.AGENT: "/api/v1/agents",
    Kind.IDENTITY_PROVIDER: "/api/v1/identity-providers",
    Kind.TRUST_RULE: "/api/v1/trust-rules",
    Kind.ACCESS_RULE: "/api/v1/access-rules",
    Kind.SERVICE_ACCOUNT: "/api/v1/service-accounts",
    Kind.USER: "/api/v1/users",
}
_NGINX = {
    "certificate_path": "/etc/ssl/site.pem",
    "key_path": "/etc/ssl/site.key",
    "verify_address": "127.0.0.1:443",
}
TRUSTED = "sa-01k00000000000000000000000"
_BODIES: Mapping[Kind, Mapping[str, Any]] = {
    Kind.ISSUER: {"type": "GenericCA"},
    Kind.TARGET: {"type": "NGINX", "config": _NGINX},
    Kind.OWNER: {"email": "pki@example.com"},
    Kind.TEAM: {"description": "payments"},
    Kind.POLICY: {"type": "CertificateLifetime", "severity": "Error", "config": {"max_days": 398}},
    Kind.PROFILE: {"extended_key_usages": ["serverAuth"]},
    Kind.RENEWAL_POLICY: {"renewal_window_days": 7},
    Kind.AGENT: {"hostname": "web-1.example.com"},
    Kind.IDENTITY_PROVIDER: {"type": "OIDC", "issuer": "https://issuer.example"},
    Kind.TRUST_RULE: {
        "provider_id": "idp-trusted",
        "service_account_id": TRUSTED,
        "claims": [{"path": ["sub"], "values": ["job"]}],
    },
    Kind.ACCESS_RULE: {
        "provider_id": "idp-trusted",
        "claim_path": ["groups"],
        "values": ["pki"],
        "role": "viewer",
        "teams": "*",
    },
    Kind.SERVICE_ACCOUNT: {"grants": [{"role": "viewer", "teams": "*"}]},
    Kind.USER: {"email": "ada@example.com", "grants": [{"role": "viewer", "teams": "*"}]},
}
_numbers = count(1)


def a_body(kind: Kind, **changes: Any) -> dict[str, Any]:
    """A body with a name that no other has."""
    return {"name": f"{kind} {next(_numbers)}", **_BODIES[kind], **changes}


@dataclass(frozen=True)
class CatalogByHttp:
    stack: Deployed

    @property
    def admin(self) -> Client:
        return self.stack.admin("catalog_api")

    def of_team(self, *teams: str, role: Role = Role.OPERATOR) -> Client:
        return self.stack.client("catalog_api", self.stack.new_key(role, teams))

    def made(self, kind: Kind, client: Client | None = None, **fields: Any) -> dict[str, Any]:
        if kind in (Kind.TRUST_RULE, Kind.ACCESS_RULE):
            self.make_trusted()
        answer = (client or self.admin).post(PATHS[kind], a_body(kind, **fields))
        assert answer.status == 201, answer.text
        record: dict[str, Any] = answer.body
        return record

    def administrator(self, name: str) -> tuple[str, dict[str, Any]]:
        """The id of a person, and the key "laptop" that is theirs."""
        user = self.made(Kind.USER, name=name, grants=[{"role": "admin", "teams": "*"}])["id"]
        answer = self.admin.post("/api/v1/api-keys", {"name": "laptop", "subject_id": user})
        assert answer.status == 201, answer.text
        return user, answer.body

    def make_trusted(self) -> None:
        """What a rule refers to; it may exist."""
        self.admin.post(PATHS[Kind.IDENTITY_PROVIDER], a_body(Kind.IDENTITY_PROVIDER, id="idp-trusted"))
        now, account = self.stack.clock(), ServiceAccount((Grant(Role.VIEWER, (ALL_TEAMS,)),))
        entry = Entry(Kind.SERVICE_ACCOUNT, TRUSTED, TRUSTED, account, now, now, team_id=DEFAULT_TEAM)
        store_entry(self.stack.database, entry)

    def path_of(self, kind: Kind, record: Mapping[str, Any]) -> str:
        return f"{PATHS[kind]}/{record['id']}"

    def with_defaults(self) -> "CatalogByHttp":
        StackAdmin(self.stack.overrides).catalog_defaults.make()
        return self
