"""Audit events. A stored event is its canonical JSON; nothing is ever changed in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from certctl.domain.timestamps import to_wire


class ActorType(StrEnum):
    USER = "User"
    SYSTEM = "System"
    AGENT = "Agent"


@dataclass(frozen=True)
class Actor:
    """`id` is the id of the key, or `system/<function>`."""

    id: str
    type: ActorType = ActorType.USER


@dataclass(frozen=True)
class AuditEvent:
    """`details` holds `before` and `after` of a domain event, or the fields of an API call."""

    id: str
    actor: Actor
    action: str
    resource_type: str
    resource_id: str
    timestamp: datetime
    team_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """The fields whose RFC 8785 form is stored and hashed."""
        return {
            "id": self.id,
            "actor": self.actor.id,
            "actor_type": self.actor.type.value,
            "action": self.action,
            "resource_type": self.resource_type,
            "resource_id": self.resource_id,
            "team_id": self.team_id,
            "details": dict(self.details),
            "timestamp": to_wire(self.timestamp),
        }
