"""API keys: `certctl_` followed by 43 base64url characters (256 random bits). Only the SHA-256 is stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.access.permissions import ALL_TEAMS, Principal, Role
from certctl.domain.audit.events import facts

PREFIX = "certctl_"
_RANDOM_BYTES = 32
_TEXT_LENGTH = len(PREFIX) + 43


def new_key_text() -> str:
    return PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def looks_like_key(text: str) -> bool:
    return len(text) == _TEXT_LENGTH and text.startswith(PREFIX) and text.isascii()


def key_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class ApiKey:
    """The stored record of a key. The key itself is shown once and stored nowhere. `replaces` is the id of
    the previous key during a rotation, until the new key is used. `made_by` is the key that made this one,
    `makers` as in `Principal`; keys of earlier releases have neither."""

    id: str
    name: str
    role: Role
    teams: tuple[str, ...]
    key_hash: str
    created_at: datetime
    owner_id: str | None = None
    agent_id: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    replaces: str | None = None
    made_by: str | None = None
    makers: tuple[str, ...] = ()

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def team_id(self) -> str | None:
        """The only team that the key reaches; None if it reaches several."""
        return self.teams[0] if len(self.teams) == 1 and self.teams[0] != ALL_TEAMS else None

    @property
    def public_facts(self) -> dict[str, Any]:
        """The key's fields for `before` and `after` in the audit trail."""
        return {name: value for name, value in facts(self).items() if name != "key_hash"}

    def belongs_to(self, caller: Principal) -> bool:
        """Whether the key belongs to the caller: the key itself, one of the same owner, or one that either
        made of the other."""
        theirs = {caller.key_id, caller.owner_id} - {None}
        return bool(theirs & {self.id, self.owner_id})


@dataclass(frozen=True)
class Credential:
    """The result of a lookup by hash: who the caller is, and until when the key is valid."""

    key_hash: str
    key_id: str
    role: Role
    teams: tuple[str, ...]
    owner_id: str | None = None
    agent_id: str | None = None
    expires_at: datetime | None = None
    makers: tuple[str, ...] = ()

    @property
    def principal(self) -> Principal:
        return Principal(self.key_id, self.role, self.teams, self.owner_id, self.agent_id, self.makers)

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class NewApiKey:
    """A request for a key. `teams` and `owner_id` default to the maker's."""

    name: str
    role: Role
    teams: tuple[str, ...] | None = None
    owner_id: str | None = None
    expires_at: datetime | None = None
