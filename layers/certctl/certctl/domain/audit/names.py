"""Which records an audit event refers to, and their names in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certctl.domain.audit.events import ActorType
from certctl.domain.catalog.record_kinds import account_kind

SYSTEM_PREFIX = "system/"
ANONYMOUS = "anonymous"
_KEY_PREFIX = "key-"
_ACTOR_KINDS = {ActorType.AGENT.value: "agent", ActorType.SERVICE.value: "service_account"}


@dataclass(frozen=True, order=True)
class Reference:
    """A record: `type` as the resource type of events."""

    type: str
    id: str


Names = Mapping[Reference, str]
"""Names of the records that exist."""


@dataclass(frozen=True)
class PastCaller:
    """Who did something, as rows have it: the id of the key, session or token, or `system/<function>`, and
    the user, service account or agent that it acted for, if the row has it."""

    credential_id: str
    subject_id: str | None = None

    @property
    def references(self) -> tuple[Reference, ...]:
        """The records whose names tell who it was, the best first. Sessions and tokens have none."""
        kind = account_kind(self.subject_id or "")
        of_subject = [Reference(kind.label, self.subject_id or "")] if kind else []
        is_key = self.credential_id.startswith(_KEY_PREFIX)
        of_key = [Reference("api_key", self.credential_id)] if is_key else []
        return (*of_subject, *of_key)


def actor_reference(record: Mapping[str, Any]) -> Reference | None:
    """The user, service account, agent or key that acted; None for the system and callers without a
    credential."""
    actor = record["actor"]
    if actor == ANONYMOUS or actor.startswith(SYSTEM_PREFIX):
        return None
    if actor.startswith(_KEY_PREFIX):
        return Reference("api_key", actor)
    return Reference(_ACTOR_KINDS.get(record["actor_type"], "user"), actor)


def credential_reference(record: Mapping[str, Any]) -> Reference | None:
    """The key that was used, or that the used session or token came from."""
    used = part_of(record, "credential")
    ids = (used.get("id"), used.get("made_by"))
    keys = (each for each in ids if isinstance(each, str) and each.startswith(_KEY_PREFIX))
    return next((Reference("api_key", key_id) for key_id in keys), None)


def resource_reference(record: Mapping[str, Any]) -> Reference:
    return Reference(record["resource_type"], record["resource_id"])


def subject_reference(record: Mapping[str, Any]) -> Reference | None:
    """The user or service account whose session began or ended."""
    subject = stated(record, "subject_id")
    if subject is None:
        return None
    return Reference("service_account" if subject.startswith("sa-") else "user", subject)


def target_reference(record: Mapping[str, Any]) -> Reference | None:
    """The target of a deployment."""
    target = record["details"].get("target_id")
    return Reference("target", target) if isinstance(target, str) else None


def references_of(record: Mapping[str, Any]) -> Iterator[Reference]:
    yield resource_reference(record)
    others = (actor_reference, credential_reference, subject_reference, target_reference)
    yield from (reference for of in others if (reference := of(record)) is not None)


def stated(record: Mapping[str, Any], name: str) -> str | None:
    """A text of the event's `after`, else of its `before`."""
    sides = (part_of(record, side).get(name) for side in ("after", "before"))
    return next((value for value in sides if isinstance(value, str) and value), None)


def part_of(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """`before`, `after` or `credential` of the details; empty without it."""
    part = record["details"].get(name)
    return part if isinstance(part, Mapping) else {}
