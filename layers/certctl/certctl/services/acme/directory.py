"""What the directory says beside its URLs (RFC 8555 section 7.1.1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.acme.eab_keys import EabKey
from certctl.store.acme.eab_keys import EabKeyStore

CACHE_TIME = timedelta(seconds=15)
_MOST_KEYS = 1000
"""One page of a query: keys beyond it do not show their profiles, and orders may name them all the same."""


@dataclass(frozen=True)
class DirectoryFacts:
    """`has_open_key`: ACME accounts are made without a binding. `profile_ids`: those that some EAB key has,
    sorted."""

    has_open_key: bool
    profile_ids: tuple[str, ...]


@dataclass(frozen=True)
class _Cached:
    facts: DirectoryFacts
    until: datetime


@dataclass(frozen=True)
class Directory:
    """One query every 15 s for each process."""

    eab_keys: EabKeyStore
    now: Callable[[], datetime]
    _cache: dict[str, _Cached] = field(default_factory=dict, init=False)

    def facts(self) -> DirectoryFacts:
        now = self.now()
        cached = self._cache.get("")
        if cached is None or cached.until <= now:
            cached = self._cache[""] = _Cached(self._read(now), now + CACHE_TIME)
        return cached.facts

    def _read(self, now: datetime) -> DirectoryFacts:
        keys = [key for key in self.eab_keys.page(None, _MOST_KEYS).keys if not key.is_revoked]
        profiles = {profile_id for key in keys for profile_id in key.profile_ids}
        return DirectoryFacts(any(_is_open(key, now) for key in keys), tuple(sorted(profiles)))


def _is_open(key: EabKey, now: datetime) -> bool:
    return key.is_open and key.binds_at(now)
