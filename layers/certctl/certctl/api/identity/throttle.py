"""A bound on what one address asks of the routes for anyone, so that it does not keep the others out.

The gateway's throttles count all callers together. This one counts in the memory of a process: a flood costs
no read and no write, and an address may have as much again in each process that runs beside it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from certctl.domain.errors import TooManyRequests
from certctl.services.audit.api_calls import network_of

PER_SECOND = 10
BURST = 100
"""Jobs of a pipeline come at once, from one address."""
_MOST_NETWORKS = 4096
_Key = tuple[str, str]


@dataclass(frozen=True)
class _Bucket:
    left: float
    at: datetime

    def refilled(self, now: datetime) -> float:
        """A clock that goes back refills nothing."""
        passed = max(0.0, (now - self.at).total_seconds())
        return min(float(BURST), self.left + passed * PER_SECOND)


@dataclass(frozen=True)
class CallerThrottle:
    """Counts each route by itself: who is refused a token can still end a credential."""

    buckets: dict[_Key, _Bucket] = field(default_factory=dict)

    def require_room(self, route: str, source_ip: str, now: datetime) -> None:
        """Raises TooManyRequests."""
        key = (route, network_of(source_ip))
        bucket = self.buckets.pop(key, None)
        left = bucket.refilled(now) if bucket else float(BURST)
        self.buckets[key] = _Bucket(left - 1 if left >= 1 else left, now)
        if len(self.buckets) > _MOST_NETWORKS:
            del self.buckets[next(iter(self.buckets))]
        if left < 1:
            raise TooManyRequests(f"One address has {PER_SECOND} of these requests a second.", retry_after=1)
