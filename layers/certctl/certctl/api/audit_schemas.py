"""Audit events on the wire: the record that was hashed, as it is."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict, cast

from certctl.api.pagination import bad_cursor, decode_cursor
from certctl.domain.audit_pages import Position


class AuditEventView(TypedDict):
    id: str
    actor: str
    actor_type: str
    action: str
    resource_type: str
    resource_id: str
    team_id: str | None
    details: dict[str, Any]
    timestamp: str


def audit_event_view(record: Mapping[str, Any]) -> AuditEventView:
    return cast(AuditEventView, record)  # the record that was stored has this form


def position_of(cursor: str | None) -> Position | None:
    """Raises InvalidInput."""
    position = decode_cursor(cursor, "day", "before")
    if position is None:
        return None
    try:
        return Position(date.fromisoformat(position["day"]), position["before"])
    except ValueError as error:
        raise bad_cursor() from error


def position_view(position: Position | None) -> dict[str, str] | None:
    return None if position is None else {"day": position.day.isoformat(), "before": position.before}
