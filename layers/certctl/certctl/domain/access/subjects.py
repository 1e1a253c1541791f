"""Subjects: the users, service accounts and agents that credentials act for. A credential works only while
its subject is enabled, and within the grants of the subject."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.ids import new_id, ulid_of, ulid_of_bits

_AGENT_NAMESPACE = "agent#"


class SubjectKind(StrEnum):
    USER = "user"
    SERVICE_ACCOUNT = "service-account"
    AGENT = "agent"
    BREAK_GLASS = "break-glass"


_PREFIXES = {
    SubjectKind.USER: "usr",
    SubjectKind.SERVICE_ACCOUNT: "sa",
    SubjectKind.BREAK_GLASS: "bg",
}


def has_kind(subject_id: str | None, kind: SubjectKind) -> bool:
    """Whether the prefix of the id names the kind: any kind but agents, whose ids their makers choose."""
    return subject_id is not None and subject_id.startswith(f"{_PREFIXES[kind]}-")


def is_break_glass(subject_id: str | None) -> bool:
    return has_kind(subject_id, SubjectKind.BREAK_GLASS)


def may_give_roles(caller: Principal) -> bool:
    """A credential that is limited to some actions or names gives no whole roles, except the break-glass key,
    which mends access rules when nobody can sign in."""
    return is_break_glass(caller.subject_id) or not (caller.actions or caller.names)


@dataclass(frozen=True)
class Subject:
    """`id` is that of the user, service account or agent. `ulid` is part of the key of its row and of the
    text of its credentials. `issues_per_day` as in `ServiceAccount`, `answerable` as in `Entry`.
    `verified_at`: when a user last signed in with a provider, whose keys then sleep after
    `keys_sleep_after_days`; both None before the first sign-in, and for other subjects."""

    id: str
    kind: SubjectKind
    ulid: str
    grants: tuple[Grant, ...]
    enabled: bool = True
    issues_per_day: int | None = None
    answerable: tuple[str, ...] = ()
    verified_at: datetime | None = None
    keys_sleep_after_days: int | None = None

    @property
    def keys_sleep_at(self) -> datetime | None:
        """The time from which the subject's keys sleep; None if they never do."""
        if self.verified_at is None or self.keys_sleep_after_days is None:
            return None
        return self.verified_at + timedelta(days=self.keys_sleep_after_days)

    def has_sleeping_keys(self, now: datetime) -> bool:
        return self.keys_sleep_at is not None and self.keys_sleep_at <= now


def new_subject(kind: SubjectKind, grants: Sequence[Grant], now: datetime) -> Subject:
    """All but agents, which have ids that their makers may choose: `agent_subject`."""
    subject_id = new_id(_PREFIXES[kind], now)
    return Subject(subject_id, kind, ulid_of(subject_id), tuple(grants))


def agent_subject(agent_id: str, *, enabled: bool = True) -> Subject:
    """The subject of an agent. It adds nothing to what an agent's key has: no permission of the role reaches
    a team."""
    grants = (Grant(Role.AGENT, (ALL_TEAMS,)),) if enabled else ()
    return Subject(agent_id, SubjectKind.AGENT, agent_ulid(agent_id), grants, enabled)


def agent_ulid(agent_id: str) -> str:
    """A digest, never the ULID in the id: an agent named after another subject would share its row."""
    # ADR 37: the caller who registers an agent may choose its id.
    digest = hashlib.sha256(f"{_AGENT_NAMESPACE}{agent_id}".encode()).digest()
    return ulid_of_bits(int.from_bytes(digest[:16]))
