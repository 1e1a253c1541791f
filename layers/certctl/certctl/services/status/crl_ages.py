"""How long the published CRLs are still valid: the metric that alarms watch."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from certctl.domain.authorities.authorities import (
    CRL_VALIDITY,
    ROOT_CRL_VALIDITY,
    Authority,
    AuthorityState,
    CrlShard,
)
from certctl.observability import measure
from certctl.store.authorities.authorities import AuthorityStore


class CrlAges:
    """Reads what was recorded when the CRLs were published, not the objects."""

    def __init__(self, authorities: AuthorityStore, now: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._now = now

    def measure(self) -> None:
        """Both metrics at each run: an alarm treats their absence as a publisher that stopped."""
        known = self._authorities.all()
        values = {
            "CrlSecondsLeft": self._shortest(known, "issuing", CRL_VALIDITY),
            "RootCrlSecondsLeft": self._shortest(known, "root", ROOT_CRL_VALIDITY),
        }
        measure("Seconds", values)

    def _shortest(self, known: list[Authority], role: str, whole: timedelta) -> float:
        """The whole validity if no CA has promised a CRL yet: nothing can expire before Initialization."""
        now = self._now()
        left = [self._left(shard, now) for shard in self._promised(known, role)]
        return min(left, default=whole).total_seconds()

    def _promised(self, known: list[Authority], role: str) -> Iterator[CrlShard]:
        """No certificate names a pending CA's, or a shard that is being added; a retired one's may expire."""
        for authority in known:
            if authority.role == role and authority.state in (AuthorityState.ACTIVE, AuthorityState.RETIRING):
                shards = self._authorities.shards(authority.ca_id)
                yield from (shard for shard in shards if not shard.is_being_added)

    def _left(self, shard: CrlShard, now: datetime) -> timedelta:
        return shard.next_update - now if shard.next_update else timedelta(0)
