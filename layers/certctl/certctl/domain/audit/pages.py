"""Queries and pages of the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from certctl.domain.audit.calls import API_CALL
from certctl.domain.audit.events import StoredEvent
from certctl.domain.filters import given
from certctl.domain.times import to_wire

AFTER_ALL_IDS = "~"
SESSION_ACTIONS = frozenset(
    {
        *("session_started", "session_ended", "signed_in", "sign_in_refused"),
        *("token_exchanged", "token_ended", "token_refused"),
    }
)
_RULED = frozenset({"actor", "since", "until", "changes_only", "kind"})
"""The filters that are not for equality with a field of the event."""


class EventKind(StrEnum):
    """`changes` of records; `sessions`: sign-ins, sessions and exchanged tokens, begun, ended or refused;
    `calls` of the API."""

    CHANGES = "changes"
    SESSIONS = "sessions"
    CALLS = "calls"


def kind_of(record: Mapping[str, Any]) -> EventKind:
    if record["resource_type"] == API_CALL:
        return EventKind.CALLS
    return EventKind.SESSIONS if record["action"] in SESSION_ACTIONS else EventKind.CHANGES


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Filters: every field that is set must match; `since` and `until` are inclusive. `actor` is the id of
    who acted, or of the credential that was used."""

    actor: str | None = None
    actor_type: str | None = None
    action: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    changes_only: bool = False
    """Leaves API calls out, and keeps changes and sessions."""
    kind: EventKind | None = None

    def matches(self, record: Mapping[str, Any]) -> bool:
        if self.changes_only and record["resource_type"] == API_CALL:
            return False
        if self.kind is not None and kind_of(record) is not self.kind:
            return False
        if self.actor is not None and not _is_by(record, self.actor):
            return False
        exact = ((name, value) for name, value in given(self).items() if name not in _RULED)
        return all(record[name] == value for name, value in exact) and self._in_time(record)

    def _in_time(self, record: Mapping[str, Any]) -> bool:
        at = record["timestamp"]
        return (self.since is None or at >= to_wire(self.since)) and (
            self.until is None or at <= to_wire(self.until)
        )

    @property
    def is_without_calls(self) -> bool:
        return self.changes_only or self.kind in (EventKind.CHANGES, EventKind.SESSIONS)

    @property
    def is_narrow(self) -> bool:
        """Whether events that are read may not match. An index has the changes alone."""
        return self != AuditFilter(changes_only=self.changes_only)


def _is_by(record: Mapping[str, Any], actor: str) -> bool:
    """A session or token of a key counts as the key."""
    details = record["details"]
    used = details.get("credential") if isinstance(details, dict) else None
    if not isinstance(used, dict):
        return bool(record["actor"] == actor)
    makers = () if used.get("kind") == "key" else (used.get("made_by"),)
    return actor in (record["actor"], used.get("id"), *makers)


@dataclass(frozen=True)
class Position:
    """Where the next page starts: on `day`, below the id `before`."""

    day: date
    before: str = AFTER_ALL_IDS


@dataclass(frozen=True)
class AuditPage:
    """Newest first. It may be short or empty with a `next`."""

    events: list[StoredEvent]
    next: Position | None
