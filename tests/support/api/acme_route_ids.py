"""Records of the ACME server that routes name; see `route_ids`."""

from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.defaults import DEFAULT_TEAM
from certctl.domain.identity.accounts import ServiceAccount
from tests.support.acme.administered import AcmeByHttp
from tests.support.api.route_ids import awaiting
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import store_entry
from tests.support.issuing.issuing import Issuing

EAB_ACCOUNT = "sa-01k00000000000000000000001"
_EAB_KEY = {"name": "web", "names": ["DNS:**.example.com"]}


def eab_key_wish() -> dict[str, Any]:
    """The service account is one of `eab_account`."""
    return _EAB_KEY | {"service_account_id": EAB_ACCOUNT}


def eab_key_edit() -> dict[str, Any]:
    return _EAB_KEY | {"name": "web 2"}


def eab_account(issuing: Issuing) -> dict[str, str]:
    """A service account that may write certificates."""
    now, grants = issuing.stack.clock(), (Grant(Role.OPERATOR, (DEFAULT_TEAM,)),)
    account = Entry(
        Kind.SERVICE_ACCOUNT, EAB_ACCOUNT, "acme", ServiceAccount(grants), now, now, team_id=DEFAULT_TEAM
    )
    CatalogByHttp(issuing.stack).with_defaults()
    store_entry(issuing.stack.database, account)
    return {}


def eab_key(issuing: Issuing) -> dict[str, str]:
    eab_account(issuing)
    made = issuing.stack.admin("catalog_api").post("/api/v1/acme/eab-keys", eab_key_wish())
    assert made.status == 201, made.text
    return {"eab_key_id": made.body["id"]}


def acme_account(issuing: Issuing) -> dict[str, str]:
    """With an order that its challenges decide, and one that is finalized."""
    acme, ids = AcmeByHttp(issuing.stack), eab_key(issuing)
    made = issuing.stack.admin("catalog_api").get(f"/api/v1/acme/eab-keys/{ids['eab_key_id']}").body
    account = acme.account(made)
    acme.order(account, mode=AuthorizationMode.CHALLENGES)
    acme.order(account, job_id=awaiting(issuing)["job_id"], finalized_at=issuing.stack.clock())
    return ids | {"account_id": account.id}
