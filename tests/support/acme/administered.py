"""EAB keys over HTTP, and what clients make with them, in the tables."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.acme.identifiers import Identifier, IdentifierType
from certctl.domain.acme.orders import LIFETIME, Order
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.ids import new_id
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.eab_keys import EabKeyStore
from certctl.store.acme.orders import OrderStore
from tests.support.api.http import Client
from tests.support.audit.event_parts import stored_events
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import store_teams
from tests.support.functions.deployed import Deployed

EAB_KEYS = "/api/v1/acme/eab-keys"
ACCOUNTS = "/api/v1/acme/accounts"
ORDERS = "/api/v1/acme/orders"
_numbers = count(1)


@dataclass(frozen=True)
class AcmeByHttp:
    """`team` exists, as do the catalog's defaults."""

    stack: Deployed
    team: str = "t-web"

    @property
    def admin(self) -> Client:
        return self.stack.admin("catalog_api")

    def of_team(self, role: Role, *teams: str) -> Client:
        return self.stack.client("catalog_api", self.stack.new_key(role, teams or [self.team]))

    def service_account(self, *grants: dict[str, Any], team: str | None = None) -> str:
        """An operator of the team, unless grants are given."""
        team = team or self.team
        store_teams(self.stack.database, self.stack.clock(), team)
        made = (
            CatalogByHttp(self.stack)
            .with_defaults()
            .made(
                Kind.SERVICE_ACCOUNT,
                team_id=team,
                grants=list(grants) or [{"role": "operator", "teams": [team]}],
            )
        )
        return str(made["id"])

    def body(self, **changes: Any) -> dict[str, Any]:
        """Fields of a new EAB key, for a service account of its own unless one is given."""
        account = changes.pop("service_account_id", None) or self.service_account()
        names = ["DNS:**.web.example.com"]
        return {"name": f"web {next(_numbers)}", "service_account_id": account, "names": names, **changes}

    def made(self, client: Client | None = None, **changes: Any) -> dict[str, Any]:
        answer = (client or self.admin).post(EAB_KEYS, self.body(**changes))
        assert answer.status == 201, answer.text
        record: dict[str, Any] = answer.body
        return record

    def events(self, resource_id: str) -> list[dict[str, Any]]:
        """The events about it, oldest first."""
        found = [event for event in stored_events() if event["resource_id"] == resource_id]
        return sorted(found, key=lambda event: str(event["id"]))

    def account(self, eab_key: dict[str, Any], **changes: Any) -> AcmeAccount:
        """A client's, in the tables."""
        now, number = self.stack.clock(), next(_numbers)
        account = AcmeAccount(
            id=new_id("acct", now),
            eab_key_id=eab_key["id"],
            service_account_id=eab_key["service_account_id"],
            team_id=eab_key["team_id"],
            thumbprint=f"thumbprint-{number}",
            jwk={"kty": "EC", "crv": "P-256", "x": "x", "y": f"y{number}"},
            contacts=("mailto:ada@example.com",),
            created_at=now,
            updated_at=now,
            **changes,
        )
        keys = EabKeyStore(self.stack.database)
        key = keys.get(account.eab_key_id)
        assert key is not None
        steps = AcmeAccountStore(self.stack.database).create_steps(account)
        self.stack.database.transact([*steps, keys.take_place_step(key, AssertionError("no place"))])
        return account

    def order(self, account: AcmeAccount, **changes: Any) -> Order:
        now = self.stack.clock()
        values: dict[str, Any] = {
            "id": new_id("ord", now),
            "account_id": account.id,
            "eab_key_id": account.eab_key_id,
            "identifiers": (Identifier(IdentifierType.DNS, "a.web.example.com"),),
            "profile_id": "server",
            "mode": AuthorizationMode.TRUSTED,
            "created_at": now,
            "expires_at": now + LIFETIME,
        }
        order = Order(**(values | changes))
        self.stack.database.write(OrderStore(self.stack.database).create_step(order))
        self.stack.clock.advance(timedelta(milliseconds=2))
        return order
