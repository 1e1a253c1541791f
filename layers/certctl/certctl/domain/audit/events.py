"""Audit events. A stored event is its canonical JSON and is never changed."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from certctl.domain.times import to_wire

REDACTED = "[redacted]"
UNRECORDED: Mapping[str, bool] = {"unrecorded": True}
"""Metadata of a field that is in no event, nor in stored JSON."""
RECORDED_AS = "recorded_as"
"""Metadata of a field whose value is in events as several: a function of it that returns them by name."""
_SECRET_REFERENCE = re.compile(
    r"/?certctl/[A-Za-z0-9-]+/(channels|issuers|identity)/[A-Za-z0-9][A-Za-z0-9_.-]{0,127}"
)
_MAY_BE_URL = re.compile(r"[/\\]")
_HOST = re.compile(r"[A-Za-z0-9.-]+|[0-9A-Fa-f:.]+")
# Plain settings, shown unchanged unless the value is a URL. Any other setting may hold a secret.


class ActorType(StrEnum):
    USER = "User"
    SYSTEM = "System"
    AGENT = "Agent"
    SERVICE = "Service"


@dataclass(frozen=True)
class UsedCredential:
    """The credential of a request. `kind` is key, session or token. `made_by` is the key, session, trust rule
    or identity provider that it came from. Of a machine's token: `issuer`, `claims` that its trust rule
    compared, and `jti` are those of the token that was exchanged."""

    id: str
    kind: str
    made_by: str | None = None
    issuer: str | None = None
    claims: Mapping[str, Sequence[str]] | None = None
    jti: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """Without what it lacks."""
        return {name: value for name, value in facts(self).items() if value is not None}


@dataclass(frozen=True)
class OnceOnly:
    """A request with an Idempotency-Key: `id` is that of its record, `owner` the request that has it now."""

    id: str
    owner: str


@dataclass(frozen=True)
class Actor:
    """Who acted: `id` is that of the user, service account or agent, of a key of an earlier release that has
    none of these, or `system/<function>`. `once` is None unless the request must not be done twice."""

    id: str
    type: ActorType = ActorType.USER
    credential: UsedCredential | None = None
    once: OnceOnly | None = field(default=None, compare=False)


STACK_ADMIN = Actor("system/stack_admin", ActorType.SYSTEM)


@dataclass(frozen=True)
class AuditEvent:
    """An audit event. `details` holds `before` and `after` of a domain event, or the fields of an API
    call. Of a request, `credential` in it is that of the actor."""

    id: str
    actor: Actor
    action: str
    resource_type: str
    resource_id: str
    timestamp: datetime
    team_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def all_details(self) -> dict[str, Any]:
        used = self.actor.credential
        return ({"credential": used.facts} if used else {}) | dict(self.details)

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
            "details": self.all_details,
            "timestamp": to_wire(self.timestamp),
        }


FIELDS = frozenset(
    {
        "id",
        "actor",
        "actor_type",
        "action",
        "resource_type",
        "resource_id",
        "team_id",
        "details",
        "timestamp",
    }
)


def facts(record: Any) -> dict[str, Any]:
    """A record as JSON values, for `before` and `after`. Never pass a record that holds a secret."""
    recorded = (each for each in fields(record) if each.metadata != UNRECORDED)
    values = (_recorded(each, getattr(record, each.name)) for each in recorded)
    return {name: _plain(value) for several in values for name, value in several.items()}


def _recorded(of: Field[Any], value: Any) -> Mapping[str, Any]:
    if RECORDED_AS not in of.metadata:
        return {of.name: value}
    several: Mapping[str, Any] = of.metadata[RECORDED_AS](value)
    return several


def changes(before: Any, after: Any) -> dict[str, Any]:
    """`{"before": {...}, "after": {...}}` of the fields that differ; a missing side is null."""
    old, new = before and facts(before), after and facts(after)
    if not old or not new:
        return {"before": old, "after": new}
    differing = [name for name in new if old.get(name) != new[name]]
    return {"before": {n: old.get(n) for n in differing}, "after": {n: new[n] for n in differing}}


def redacted(settings: Mapping[str, str], plain: Collection[str]) -> dict[str, str]:
    """A channel's settings for `before` and `after`. References to secrets and `plain` settings are kept. A
    URL keeps its scheme, host and port, for user, path and query may hold a token. Everything else is
    `[redacted]`."""
    return {name: _shown(value, is_plain=name in plain) for name, value in settings.items()}


def _shown(value: str, *, is_plain: bool) -> str:
    if _SECRET_REFERENCE.fullmatch(value):
        return value
    if is_plain and not _MAY_BE_URL.search(value):
        return value
    return _origin(value)


def _origin(text: str) -> str:
    """`https://example.com:8443/[redacted]`; any other text is redacted completely."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return REDACTED
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return REDACTED
    shown = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
    return origin if text.rstrip("/").lower() == origin else f"{origin}/{REDACTED}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return facts(value) if is_dataclass(value) else value


@dataclass(frozen=True)
class StoredEvent:
    """A stored event. `text` is what was hashed, byte for byte; `record` is `text` parsed. `event["id"]` is a
    field of it."""

    text: str
    record: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.record[name]
