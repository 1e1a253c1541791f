"""Requests of callers for catalog records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from certctl.domain.agents.polls import AgentStatus
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.filters import equals

_RULED = ("name", "team_id", "status", "written_by")
"""The filters of lists that are not for equality with a field of the content; an index has the names."""


class Fields(Protocol):
    """The given fields of one kind of record."""

    def content(self, before: Any) -> Any:
        """The stored fields; `before` are the previous ones, None for a new record."""


@dataclass(frozen=True)
class EntryInput:
    """A complete new record. `revision`, if given, must be the stored one. For `exempt_days` certificates
    that an edit of a team's names refuses may be renewed unchanged."""

    name: str
    fields: Fields
    team_id: str | None = None
    id: str | None = None
    revision: int | None = None
    exempt_days: int = 0


@dataclass(frozen=True, kw_only=True)
class EntryFilter:
    """`name` is a prefix of the name, in any case; `status` and `enrolled_by` are of agents;
    `service_account_id` of trust rules; `written_by` is one of those who are answerable for it."""

    name: str | None = None
    type: str | None = None
    team_id: str | None = None
    agent_id: str | None = None
    status: AgentStatus | None = None
    service_account_id: str | None = None
    enrolled_by: str | None = None
    written_by: str | None = None

    def shows(self, entry: AnyEntry, now: datetime) -> bool:
        """Takes an agent with its last heartbeat."""
        if self.status is not None and entry.content.status(now) is not self.status:
            return False
        if self.written_by is not None and self.written_by not in entry.answerable:
            return False
        if entry.is_deleting or self.team_id not in (None, entry.team_id):
            return False
        return equals(entry.content, self, other_rules=_RULED)
