"""Authentication: from the Authorization header to a principal (design.md section 6)."""

import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.api_keys import Credential, key_hash, looks_like_key
from certctl.domain.access.permissions import Principal
from certctl.domain.errors import Unauthenticated, Unavailable
from certctl.store.access.api_keys import LAST_USED_PRECISION, ApiKeyStore

CACHE_TIME = timedelta(seconds=15)
_CACHE_SIZE = 1000
_REFUSAL = "This route needs a valid API key: Authorization: Bearer certctl_..."


@dataclass(frozen=True)
class _Cached:
    credential: Credential
    until: datetime


class Authentication:
    """Caches valid credentials for 15 s, so a revoked key works for at most 15 s if the cache may be used.
    Those of agents are read each time: a lost host is locked out at once."""

    def __init__(self, keys: ApiKeyStore, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._now = now
        self._cache: dict[str, _Cached] = {}
        self._noted: dict[str, datetime] = {}

    def authenticate(self, authorization: str | None) -> Principal:
        """The key's principal, from the cache if possible. Raises Unauthenticated."""
        digest = _digest(authorization)
        cached = self._cache.get(digest)
        if cached is not None and cached.until > self._now():
            return self._live(cached.credential).principal
        return self._read(digest).principal

    def authenticate_uncached(self, authorization: str | None) -> Principal:
        """The same by a consistent read: for writes, and for reads that a revoked key must not make."""
        return self._read(_digest(authorization)).principal

    def _read(self, digest: str) -> Credential:
        self._cache.pop(digest, None)
        found = self._keys.find_working_credential(digest)
        if found is None or not hmac.compare_digest(found.key_hash, digest):
            raise Unauthenticated(_REFUSAL)
        credential = self._live(found)
        if credential.agent_id is None:
            self._remember(digest, credential)
        self._note_use(credential.key_id)
        return credential

    def _live(self, credential: Credential) -> Credential:
        if credential.has_expired(self._now()):
            raise Unauthenticated(_REFUSAL)
        return credential

    def _remember(self, digest: str, credential: Credential) -> None:
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[digest] = _Cached(credential, self._now() + CACHE_TIME)

    def _note_use(self, key_id: str) -> None:
        now = self._now()
        noted = self._noted.get(key_id)
        if noted is not None and now - noted < LAST_USED_PRECISION:
            return
        self._noted[key_id] = now
        with suppress(Unavailable):  # last_used_at is best effort
            self._keys.note_use(key_id, now)


def _digest(authorization: str | None) -> str:
    scheme, _, text = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not looks_like_key(text.strip()):
        raise Unauthenticated(_REFUSAL)
    return key_hash(text.strip())
