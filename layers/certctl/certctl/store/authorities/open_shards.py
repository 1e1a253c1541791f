"""The open shards of CAs, kept in memory: each leaf takes one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.authorities.authorities import CrlShard
from certctl.store.authorities.authorities import AuthorityStore

_KEPT = timedelta(seconds=60)


@dataclass(frozen=True)
class _Known:
    shards: tuple[CrlShard, ...]
    until: datetime


class OpenShards:
    """A shard that opens is used within 60 s. None closes, so none that is known is ever wrong."""

    def __init__(self, authorities: AuthorityStore, now: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._now = now
        self._known: dict[str, _Known] = {}

    def of(self, ca_id: str) -> Sequence[CrlShard]:
        """Empty for a CA that issues nothing yet: that is read again at each call."""
        known = self._known.get(ca_id)
        if known is None or known.until <= self._now():
            known = self._read(ca_id)
        return known.shards

    def _read(self, ca_id: str) -> _Known:
        found = tuple(shard for shard in self._authorities.shards(ca_id) if shard.open)
        known = _Known(found, self._now() + _KEPT)
        if found:
            self._known[ca_id] = known
        return known
