"""Tools that read the inventory: certificates that were found, of any issuer."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, cast

from pydantic import Field

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    CertificateTrait,
    Finding,
    GetInventoryReadinessQuery,
    GetInventorySummaryQuery,
    ObservedStatus,
    PreviewDigestQuery,
    Renewer,
)
from certctl_client.commands.options import given
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
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
_SHOWN = (
    *(name for name in _LISTED if name != "first_name"),
    *("names", "subject", "serial_number", "not_before", "spki_sha256", "is_ca", "is_self_signed"),
    *("first_seen_at", "gone_at", "superseded_by", "tags", "places"),
)
_ENDPOINT = (
    *("id", "host", "port", "server_name", "starttls", "expected", "certificate_ids", "team_id", "owner_id"),
    *("findings", "changed_at", "agent_host"),
)
_DIGEST = ("name", "digest", "next_at", "sections", "destinations")
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

    def get_observed_certificate(self, fingerprint: Id) -> ToolResult:
        """One observed certificate by its SHA-256 fingerprint: its names, and the first 20 places (files,
        servers, ARNs) that have it. `sightings` is the number of all that you may see."""
        return ToolResult({"certificate": selected(self.stack.inventory.get(fingerprint), _SHOWN)})

    def list_endpoints(
        self,
        has_findings: bool = False,
        finding: Finding | None = None,
        certificate_id: OptionalId = None,
        team_id: OptionalId = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Servers that are probed, newest first, with what is wrong with each now: has_findings for those
        where something is. `stale`: an older certificate is served than was issued, often because nobody
        reloaded the server."""
        filters = given(
            has_findings=has_findings or None, finding=finding, certificate=certificate_id, team=team_id
        )
        found = page_of(self.stack.api, operations.LIST_ENDPOINTS, filters, limit, cursor)
        return page("endpoints", [selected(each, _ENDPOINT) for each in found.records], found.next_cursor)

    def preview_digest(self, owner_id: OptionalId = None, team_id: OptionalId = None) -> ToolResult:
        """The weekly digest of an owner or a team as it would be now, with the rows that need somebody this
        week; without either, that of the default owner: what nobody owns. Sends nothing."""
        query = cast(PreviewDigestQuery, given(owner_id=owner_id, team_id=team_id))
        return ToolResult(selected(self.stack.digests.preview(query), _DIGEST))
