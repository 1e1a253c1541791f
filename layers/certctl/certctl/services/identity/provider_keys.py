"""Which keys a token of an issuer may be signed with: the pinned, the stored, or newly published ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from certctl.crypto.identity.key_sets import parse_key_set
from certctl.crypto.identity.tokens import UnverifiedToken, knows_key
from certctl.domain.catalog.entries import Entry
from certctl.domain.identity.foreign_tokens import (
    Endpoints,
    IssuerMetadata,
    KeySet,
    KeysUnavailable,
    SigningKey,
)
from certctl.domain.identity.identity_providers import IdentityProvider
from certctl.domain.ids import new_id
from certctl.store.identity.provider_keys import ProviderKeyStore

FETCHED_EVERY = timedelta(seconds=60)
FRESH_FOR = timedelta(hours=1)
USABLE_FOR = timedelta(hours=24)
_NO_ENDPOINTS = "The issuer publishes no endpoints for people, or cannot be read now. Try again in a minute."
_UNREADABLE = "The issuer's keys cannot be read now. Try again in a minute."


class KeySource(Protocol):
    """Reads what an issuer publishes now."""

    def fetch(self, issuer: str) -> IssuerMetadata:
        """Raises KeysUnavailable."""
        ...


@dataclass(frozen=True)
class Publisher:
    """An identity provider, as the source of keys. With `pinned` keys it is never called."""

    provider_id: str
    issuer: str
    pinned: tuple[SigningKey, ...] = ()


def publisher_of(provider: Entry[IdentityProvider]) -> Publisher:
    import json

    jwks = provider.content.jwks
    pinned = parse_key_set(json.dumps(dict(jwks))) if jwks else ()
    return Publisher(provider.id, provider.content.issuer, pinned)


@dataclass(frozen=True)
class IssuerKeys:
    """Stored keys are used for an hour, then read again; while the issuer cannot be read, for 24 hours. A
    token with an unknown key makes one read in 60 seconds, over all processes."""

    store: ProviderKeyStore
    source: KeySource
    now: Callable[[], datetime]

    def of(self, publisher: Publisher, presented: UnverifiedToken) -> tuple[SigningKey, ...]:
        """Perhaps without the token's key. Raises KeysUnavailable."""
        if publisher.pinned:
            return publisher.pinned
        stored, now = self._stored(publisher), self.now()
        if stored is not None and now - stored.fetched_at < FRESH_FOR and knows_key(presented, stored.keys):
            return stored.keys
        if self.store.may_fetch(publisher.provider_id, new_id("fetch", now), now, FETCHED_EVERY):
            return self._fetched(publisher, presented, stored)
        return self._last(publisher, presented)

    def endpoints(self, publisher: Publisher) -> Endpoints:
        """Where people sign in. Raises KeysUnavailable."""
        stored, now = self._stored(publisher), self.now()
        if stored is not None and stored.endpoints is not None and now - stored.fetched_at < FRESH_FOR:
            return stored.endpoints
        if self.store.may_fetch(publisher.provider_id, new_id("fetch", now), now, FETCHED_EVERY):
            found = self._read_endpoints(publisher, stored)
        else:
            found = _last_endpoints(self._stored(publisher), now)
        if found is None:
            raise KeysUnavailable(_NO_ENDPOINTS)
        return found

    def _read_endpoints(self, publisher: Publisher, stored: KeySet | None) -> Endpoints | None:
        try:
            return self._read(publisher).endpoints
        except KeysUnavailable:
            last = _last_endpoints(stored, self.now())
            if last is None:
                raise
            return last

    def _stored(self, publisher: Publisher) -> KeySet | None:
        """The stored keys; None if they are of another issuer: the provider's record was changed since."""
        stored = self.store.get(publisher.provider_id)
        return stored if stored is not None and stored.issuer == publisher.issuer else None

    def _fetched(
        self, publisher: Publisher, presented: UnverifiedToken, stored: KeySet | None
    ) -> tuple[SigningKey, ...]:
        try:
            return self._read(publisher).keys
        except KeysUnavailable as failure:
            return _usable(stored, presented, self.now(), failure.detail)

    def _read(self, publisher: Publisher) -> KeySet:
        """Raises KeysUnavailable."""
        found = self.source.fetch(publisher.issuer)
        keys = KeySet(publisher.issuer, found.keys, self.now(), found.endpoints)
        self.store.save(publisher.provider_id, keys)
        return keys

    def _last(self, publisher: Publisher, presented: UnverifiedToken) -> tuple[SigningKey, ...]:
        """The keys of the process that may read: it may have finished since. If it read them a minute ago at
        most, a key that they lack does not exist."""
        stored, now = self._stored(publisher), self.now()
        if stored is not None and now - stored.fetched_at <= FETCHED_EVERY:
            return stored.keys
        return _usable(stored, presented, now, _UNREADABLE)


def _last_endpoints(stored: KeySet | None, now: datetime) -> Endpoints | None:
    is_usable = stored is not None and now - stored.fetched_at < USABLE_FOR
    return stored.endpoints if stored is not None and is_usable else None


def _usable(
    stored: KeySet | None, presented: UnverifiedToken, now: datetime, otherwise: str
) -> tuple[SigningKey, ...]:
    """The stored keys, if they are of the last 24 hours and may verify the token. Raises KeysUnavailable."""
    if stored is None or now - stored.fetched_at >= USABLE_FOR or not knows_key(presented, stored.keys):
        raise KeysUnavailable(otherwise)
    return stored.keys
