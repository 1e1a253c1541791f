"""API keys: `certctl_` and 43 base64url characters of 256 random bits; only the SHA-256 is stored."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.permissions import Role

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
    """What the catalog keeps of a key. The key itself is shown once and stored nowhere."""

    id: str
    name: str
    role: Role
    teams: tuple[str, ...]
    key_hash: str
    created_at: datetime
    owner_id: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
