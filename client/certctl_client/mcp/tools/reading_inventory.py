"""Tools that read the inventory: certificates that were found, of any issuer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

from pydantic import Field

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    CertificateTrait,
    GetInventoryReadinessQuery,
    GetInventorySummaryQuery,
    ObservedStatus,
    Renewer,
)
from certctl_client.commands.options import given
from certctl_client.mcp.inputs import PAGE, Cursor, Limit, OptionalId
from certctl_client.mcp.pages import page_of
from certctl_client.mcp.results import ToolResult, page, selected
from certctl_client.times import wire

Days = Annotated[int | None, Field(ge=0, le=3650)]

_LISTED = (
    *(
        "fingerprint",
        "first_name",
        "name_count",
        "status",
        "not_after",
        "issuer",
        "key_algorithm",
        "key_bits",
    ),
    *("signature_algorithm", "trust", "team_id", "owner_id", "sightings", "renewed_by", "certificate_id"),
)
_REPORT_ACTS = (
    "campaign: replace managed certificates by a campaign; check_program: see the settings of the "
    "program that renews; request: have this stack issue a certificate with these names."
)


@dataclass(frozen=True)
class ReadingInventory:
    stack: Stack

    def inventory_summary(self, team_id: OptionalId = None) -> ToolResult:
        """Certificates of any issuer that were found, as counted last night: by status, issuer, key, trait,
        and by day. For "what do we have?"; computed_at tells the age of the counts."""
        query = cast(GetInventorySummaryQuery, given(team=team_id))
        return ToolResult(dict(self.stack.inventory.summary(query)))

    def inventory_readiness(self, team_id: OptionalId = None) -> ToolResult:
        """What has to change before certificates live for 47 days: weak, long-lived and expiring ones, who
        renews them, and renewals a year at each limit."""
        query = cast(GetInventoryReadinessQuery, given(team=team_id))
        return ToolResult(dict(self.stack.inventory.readiness(query)), _REPORT_ACTS)

    def list_observed_certificates(
        self,
        status: ObservedStatus | None = None,
        trait: CertificateTrait | None = None,
        renewer: Renewer | None = None,
        name: OptionalId = None,
        team_id: OptionalId = None,
        expires_in_days: Days = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Observed certificates, newest first, by expiry with expires_in_days; `name` is the beginning of a
        name, serial or fingerprint. `trait` and `renewer` select what inventory_readiness counts."""
        ends = None if expires_in_days is None else wire(datetime.now(UTC) + timedelta(days=expires_in_days))
        filters = given(
            status=status, trait=trait, renewer=renewer, q=name, team=team_id, expires_before=ends
        )
        found = page_of(self.stack.api, operations.LIST_OBSERVED_CERTIFICATES, filters, limit, cursor)
        return page("certificates", [selected(each, _LISTED) for each in found.records], found.next_cursor)
