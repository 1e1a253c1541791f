"""API keys: `certctl_` followed by 43 base64url characters (256 random bits). Only the SHA-256 is stored."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.access.permissions import ALL_TEAMS, Permission, Principal, Role, Scope, may_grant
from certctl.domain.audit.events import facts

PREFIX = "certctl_"
DEFAULT_LIFETIME = timedelta(days=90)
LONGEST_LIFETIME = timedelta(days=400)
MOST_CHILDREN = 20
"""Live ones: a key and its children end in one transaction."""
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
    the previous key during a rotation, until the new key is used. `made_by` is the key that made this one, or
    that this one replaced; `makers` as in `Principal`; keys of earlier releases have neither. `parent_id`:
    the maker if both are of one owner; the key then ends with it. `children` are the keys that end with this
    one. `leaked_at`: this key was reported as leaked then, or the one that made it."""

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
    parent_id: str | None = None
    children: tuple[str, ...] = ()
    leaked_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def team_id(self) -> str | None:
        """The only team that the key reaches; None if it reaches several."""
        return self.teams[0] if len(self.teams) == 1 and self.teams[0] != ALL_TEAMS else None

    @property
    def public_facts(self) -> dict[str, Any]:
        """The key's fields for `before` and `after` in the audit trail."""
        return {name: value for name, value in facts(self).items() if name not in ("key_hash", "children")}

    def is_managed_by(self, caller: Principal) -> bool:
        """Whether the caller may list and end the key: itself, an administrator, its maker, and its owner by
        a key of no lesser role or reach; never a key that it made. A child manages only itself."""
        if self.id == caller.key_id or caller.scope_of(Permission.API_KEYS) is Scope.ALL:
            return True
        if caller.parent_id is not None or self.id in caller.makers:
            return False
        if caller.key_id in (self.made_by, self.owner_id):
            return True
        is_owner = caller.owner_id is not None and caller.owner_id == self.owner_id
        return is_owner and may_grant(caller.role, self.role) and self._is_within_teams_of(caller)

    def _is_within_teams_of(self, caller: Principal) -> bool:
        return ALL_TEAMS in caller.teams or set(self.teams) <= set(caller.teams)


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
    parent_id: str | None = None

    @property
    def principal(self) -> Principal:
        return Principal(
            self.key_id,
            self.role,
            self.teams,
            self.owner_id,
            self.agent_id,
            self.makers,
            self.parent_id,
        )

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True)
class NewApiKey:
    """A request for a key. `teams` and `owner_id` default to the maker's, the end to 90 days from now."""

    name: str
    role: Role
    teams: tuple[str, ...] | None = None
    owner_id: str | None = None
    expires_at: datetime | None = None


def made_by_leaked(keys: Sequence[ApiKey], leaked: Iterable[str]) -> list[ApiKey]:
    """Those of `keys` that keys with ids in `leaked` made or became, or that these made, in any order.
    Without those that are marked as leaked."""
    known, found = set[str | None](leaked), dict[str, ApiKey]()
    while True:
        further = [key for key in keys if {key.made_by, key.replaces} & known and key.id not in found]
        if not further:
            return [key for key in found.values() if key.leaked_at is None]
        found |= {key.id: key for key in further}
        known |= found.keys()
