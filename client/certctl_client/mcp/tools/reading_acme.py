"""Tools that read the ACME server: EAB keys, ACME accounts, orders."""

from dataclasses import dataclass

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.commands.options import given
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.pages import page_of
from certctl_client.mcp.results import ToolResult, page, selected

_EAB_KEY = (
    *("id", "name", "names", "wildcards", "authorization", "challenges", "service_account_id", "team_id"),
    *("profile_ids", "source_cidrs", "accounts", "max_accounts", "is_open", "expires_at", "revoked_at"),
)
_ACCOUNT = ("id", "status", "eab_key_id", "team_id", "contacts", "created_at", "last_seen_at", "ended_at")
_ORDER = (
    *("id", "status", "identifiers", "profile_id", "certificate_id", "job_id", "refused", "created_at"),
    *("finalized_at", "downloaded_at"),
)


@dataclass(frozen=True)
class ReadingAcme:
    stack: Stack

    def list_eab_keys(
        self, team_id: OptionalId = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> ToolResult:
        """EAB keys, with which ACME clients (certbot, Caddy, cert-manager) register: what each may order, and
        how many ACME accounts it has."""
        found = page_of(self.stack.api, operations.LIST_EAB_KEYS, given(team_id=team_id), limit, cursor)
        return page("eab_keys", [selected(each, _EAB_KEY) for each in found.records], found.next_cursor)

    def list_acme_accounts(
        self, eab_key_id: OptionalId = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> ToolResult:
        """Registrations of ACME clients; last_seen_at is the last order of each."""
        filters = given(eab_key_id=eab_key_id)
        found = page_of(self.stack.api, operations.LIST_ACME_ACCOUNTS, filters, limit, cursor)
        return page("accounts", [selected(each, _ACCOUNT) for each in found.records], found.next_cursor)

    def list_acme_orders(self, account_id: Id, limit: Limit = PAGE, cursor: Cursor = None) -> ToolResult:
        """Orders of one ACME account, newest first; `refused` says why one failed."""
        filters = given(account_id=account_id)
        found = page_of(self.stack.api, operations.LIST_ACME_ORDERS, filters, limit, cursor)
        return page("orders", [selected(each, _ORDER) for each in found.records], found.next_cursor)
