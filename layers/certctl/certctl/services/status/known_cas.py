"""The CAs that may have unexpired leaves, with the numbers of their CRL shards: data that rarely changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.authorities.authorities import Authority, AuthorityState
from certctl.domain.errors import NotFound
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.paging import in_parallel

_KEPT = timedelta(seconds=60)
_ALL_ISSUERS = ""
_ROLES = ("issuing", "root")
_STATES = (AuthorityState.ACTIVE, AuthorityState.RETIRING)


@dataclass(frozen=True)
class ShardedCa:
    """A CA, and its numbered shards in their order."""

    authority: Authority
    shards: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """With the end of its validity in the cache."""

    cas: tuple[ShardedCa, ...]
    until: datetime


class KnownCas:
    """Caches for 60 s which CAs there are, and which shards they have."""

    def __init__(self, authorities: AuthorityStore, now: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._now = now
        self._known: dict[str, _Known] = {}

    def with_leaves(self, issuer_id: str) -> tuple[ShardedCa, ...]:
        """Those of an issuer, the active one first. Raises NotFound without one."""
        cas = self._kept(issuer_id, partial(self._authorities.with_leaves, issuer_id))
        if not cas:
            raise NotFound("There is no such issuer with a CA of its own.")
        return cas

    def not_retired(self) -> tuple[ShardedCa, ...]:
        """Of all issuers, roots included: issuing CAs first, the active ones before the others. Without those
        that are pending, which have issued nothing."""
        return self._kept(_ALL_ISSUERS, self._in_use)

    def _in_use(self) -> list[Authority]:
        found = [a for a in self._authorities.all() if a.state in _STATES]
        return sorted(found, key=lambda a: (_ROLES.index(a.role), _STATES.index(a.state), a.ca_id))

    def _kept(self, key: str, read: Callable[[], Sequence[Authority]]) -> tuple[ShardedCa, ...]:
        known = self._known.get(key)
        if known is None or known.until <= self._now():
            known = _Known(self._with_shards(read()), self._now() + _KEPT)
            if known.cas:
                self._known[key] = known
        return known.cas

    def _with_shards(self, authorities: Sequence[Authority]) -> tuple[ShardedCa, ...]:
        records = in_parallel(*[partial(self._authorities.shards, a.ca_id) for a in authorities])
        numbers = [sorted((s.shard for s in each if s.is_numbered), key=int) for each in records]
        return tuple(ShardedCa(a, tuple(each)) for a, each in zip(authorities, numbers, strict=True))
