"""A tool that reads the audit trail."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import AuditEventView
from certctl_client.commands.options import given
from certctl_client.mcp.inputs import PAGE, Cursor, Limit, OptionalId, Time
from certctl_client.mcp.pages import page_of
from certctl_client.mcp.presenting import AUDIT_EVENT
from certctl_client.mcp.results import ToolResult, selected
from certctl_client.times import wire_time, wire_time_before

_UNITS = tuple("mhdw")
_DETAILS_LIMIT = 2000

Action = Annotated[str | None, Field(max_length=128, description="Like certificate_revoked.")]
Kind = Literal["changes", "sessions", "calls"] | None
Type = Annotated[str | None, Field(max_length=64, description="Like certificate.")]


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
        kind: Kind = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Who did what, newest first: with resource_id the history of one record, with actor what a key did.
        `kind` leaves sessions and API calls out."""
        filters = given(
            action=action,
            actor=actor,
            resource_type=resource_type,
            resource_id=resource_id,
            kind=kind,
            **{"from": _moment(since), "to": _moment(until)},
        )
        found = page_of(self.stack.api, operations.LIST_AUDIT_EVENTS, filters, limit, cursor)
        events = [_event(record) for record in found.records]
        return ToolResult({"events": events, "next_cursor": found.next_cursor}, text_limit=_DETAILS_LIMIT)


def _event(record: AuditEventView) -> dict[str, Any]:
    """An event with its details as one text, since they have any form."""
    details = json.dumps(record["details"], ensure_ascii=False, separators=(",", ":"))
    return {**selected(record, AUDIT_EVENT), "details": details}


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    return wire_time_before(datetime.now(UTC), text) if text.endswith(_UNITS) else wire_time(text)
