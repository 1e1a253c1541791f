"""Tools that read certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import Status as CertificateStatus
from certctl_client.commands.options import given
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, list_filters, with_filters
from certctl_client.mcp.pages import Page, page_of
from certctl_client.mcp.results import ToolResult, page
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS
from certctl_client.times import wire

Name = Annotated[
    str | None,
    Field(max_length=256, description="A whole name, or a domain and all names in it. Else use search."),
]
Search = Annotated[
    str | None,
    Field(
        max_length=1024,
        description=(
            "The beginning of a name's label (sso finds sso.example.com), of a word of the display name, of"
            " an id or tag; a serial of any version; a SHA-256 fingerprint; as people paste them."
        ),
    ),
]
Days = Annotated[int | None, Field(ge=1, le=3650, description="Expires within so many days.")]


@dataclass(frozen=True)
class ReadingCertificates:
    stack: Stack

    @with_filters(list_filters(CERTIFICATE_FIELDS))
    def list_certificates(
        self,
        filters: Mapping[str, object],
        status: CertificateStatus | None = None,
        search: Search = None,
        name: Name = None,
        expires_within_days: Days = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Certificates, newest first. Use search for whatever a person calls one: a name, a serial, a
        fingerprint; expires_within_days for what runs out. Only what the key may see. Details, serial and all
        names: get_certificate."""
        others = given(status=status, search=search, name=name, **_expiring(expires_within_days))
        query = {**filters, **others}
        found = page_of(self.stack.api, operations.LIST_CERTIFICATES, query, limit, cursor)
        shown = [presenting.listed_certificate(record) for record in found.records]
        return page("certificates", shown, found.next_cursor, _hint(found, name))

    def get_certificate(self, certificate_id: Id) -> ToolResult:
        """One certificate with its serial, all names, tags, targets, planned renewal, where its
        revocation is published, campaigns that replace it."""
        record = presenting.certificate({**self.stack.certificates.get(certificate_id)})
        return ToolResult({"certificate": record})


def _hint[Record](found: Page[Record], name: str | None) -> str:
    if found.incomplete:
        return "Older certificates are still being indexed: a certificate that is not found may exist."
    if name is not None and not found.records and found.next_cursor is None:
        return "No certificate has this name or is in this domain. Use search for the beginning of a name."
    return ""


def _expiring(days: int | None) -> dict[str, str]:
    if days is None:
        return {}
    now = datetime.now(UTC)
    return {"expires_after": wire(now), "expires_before": wire(now + timedelta(days=days))}
