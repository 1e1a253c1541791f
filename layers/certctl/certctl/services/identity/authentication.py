"""Authentication: from the Authorization header to a principal (ADR 7, ADR 37)."""

import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.access.api_keys import Credential
from certctl.domain.access.credentials import PresentedCredential, credential_in
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import Subject
from certctl.domain.errors import Forbidden, KeyAsleep, Unauthenticated, Unavailable
from certctl.store.access.api_keys import LAST_USED_PRECISION, ApiKeyStore
from certctl.store.access.credentials import CredentialStore

CACHE_TIME = timedelta(seconds=15)
_CACHE_SIZE = 1000
_KEY = "key-"
_REFUSAL = "This route needs a valid API key: Authorization: Bearer certctl_..."


@dataclass(frozen=True)
class _Cached:
    credential: Credential
    caller: Principal
    until: datetime


@dataclass(frozen=True)
class Authentication:
    """Caches valid credentials for 15 s: in a call that may use the cache, an ended key or a disabled subject
    works for 15 s more at most. Those of agents are read each time: a lost host is locked out at once."""

    credentials: CredentialStore
    keys: ApiKeyStore
    now: Callable[[], datetime]
    _cache: dict[str, _Cached] = field(default_factory=dict, init=False)
    _noted: dict[str, datetime] = field(default_factory=dict, init=False)

    def authenticate(self, authorization: str | None) -> Principal:
        """The caller, from the cache if possible. Raises Unauthenticated, KeyAsleep, and Forbidden for a
        subject without grants."""
        presented = _presented(authorization)
        cached = self._cache.get(presented.digest)
        if cached is None or cached.until <= self.now():
            return self._read(presented)
        self._require_live(cached.credential)
        return cached.caller

    def authenticate_uncached(self, authorization: str | None) -> Principal:
        """The same by a consistent read: for writes, and for reads that an ended key must not make."""
        return self._read(_presented(authorization))

    def _read(self, presented: PresentedCredential) -> Principal:
        self._cache.pop(presented.digest, None)
        found = self.credentials.find(presented)
        if found is None or not hmac.compare_digest(found[0].key_hash, presented.digest):
            raise Unauthenticated(_REFUSAL)
        credential, subject = found
        self._require_live(credential)
        caller = _caller(credential, subject)
        self._require_awake(credential, subject)
        # ADR 25: agents' credentials are never cached, so that a lost host is locked out at once.
        if credential.agent_id is None:
            self._remember(credential, caller)
        self._note_use(caller.key_id)
        return caller

    def _require_live(self, credential: Credential) -> None:
        if credential.has_expired(self.now()):
            raise Unauthenticated(_REFUSAL)

    def _require_awake(self, credential: Credential, subject: Subject | None) -> None:
        if subject is not None and credential.is_asleep(subject, self.now()):
            raise KeyAsleep(
                f"This key sleeps: its user has not signed in for {subject.keys_sleep_after_days} days. "
                "Sign in again to wake it, with the dashboard or certctl login."
            )

    def _remember(self, credential: Credential, caller: Principal) -> None:
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[credential.key_hash] = _Cached(credential, caller, self.now() + CACHE_TIME)

    def _note_use(self, key_id: str) -> None:
        """Records the use of a key, also by a session that was started with it. Other credentials have no
        record."""
        if not key_id.startswith(_KEY):
            return
        now = self.now()
        noted = self._noted.get(key_id)
        if noted is not None and now - noted < LAST_USED_PRECISION:
            return
        self._noted[key_id] = now
        with suppress(Unavailable):  # last_used_at is best effort
            self.keys.note_use(key_id, now)


def _caller(credential: Credential, subject: Subject | None) -> Principal:
    if subject is not None and not subject.enabled:
        raise Unauthenticated(_REFUSAL)
    caller = credential.principal(subject)
    if caller is None:
        raise Forbidden("This credential has no role that its user or service account has, too.")
    return caller


def _presented(authorization: str | None) -> PresentedCredential:
    """A text of another form, or with a wrong checksum, is refused before anything is read."""
    scheme, _, text = (authorization or "").strip().partition(" ")
    presented = credential_in(text.strip()) if scheme.lower() == "bearer" else None
    if presented is None:
        raise Unauthenticated(_REFUSAL)
    return presented
