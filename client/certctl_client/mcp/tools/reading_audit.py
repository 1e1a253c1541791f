"""A tool that reads the audit trail."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.commands.options import given
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Limit, OptionalId, Time
from certctl_client.mcp.marking import fresh_marking
from certctl_client.mcp.models import AuditPage
from certctl_client.mcp.pages import page_of
from certctl_client.times import wire_time, wire_time_before

_UNITS = tuple("mhdw")

Action = Annotated[str | None, Field(max_length=128, description="For example `certificate_revoked`.")]
Type = Annotated[str | None, Field(max_length=64, description="For example `certificate`.")]


@dataclass(frozen=True)
class ReadingAudit:
    stack: Stack

    def list_audit_events(
        self,
        action: Action = None,
        actor: OptionalId = None,
        resource_type: Type = None,
        resource_id: OptionalId = None,
        since: Time = None,
        until: Time = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> AuditPage:
        """Who did what, newest first, a page at a time."""
        filters = given(
            action=action,
            actor=actor,
            resource_type=resource_type,
            resource_id=resource_id,
            **{"from": _moment(since), "to": _moment(until)},
        )
        page = page_of(self.stack.api, operations.LIST_AUDIT_EVENTS, filters, limit, cursor)
        marking = fresh_marking()
        return AuditPage(
            notice=marking.notice,
            events=[presenting.audit_event(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
        )


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    return wire_time_before(datetime.now(UTC), text) if text.endswith(_UNITS) else wire_time(text)
