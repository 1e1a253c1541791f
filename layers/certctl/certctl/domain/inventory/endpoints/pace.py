"""When endpoints are due. A small row of each decides, so that nothing is read of one that is not due; and no
row says when an endpoint was probed, so that a probe without news is not written."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zlib import crc32

from certctl.domain.inventory.endpoints.endpoints import EXTRA_EVERY, JITTER, Endpoint

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Pace:
    """What decides when an endpoint is probed."""

    endpoint_id: str
    interval: timedelta
    is_new: bool = False
    """Whether no probe of it has been stored yet."""
    deployed_at: datetime | None = None
    decides_from: datetime | None = None
    """From when on a probe may raise or resolve a finding; None if none may."""

    def is_due(self, since: datetime, now: datetime) -> bool:
        """Whether the endpoint is to be probed that was looked after at `since`."""
        is_awaited = self.decides_from is not None and self.decides_from <= now
        is_deployed = self.deployed_at is not None and self.deployed_at >= since
        return self.is_new or is_awaited or is_deployed or self._has_begun(self.interval, since, now)

    def wants_all(self, since: datetime, now: datetime) -> bool:
        """Whether its daily probe with every offer is due."""
        return self.is_new or self._has_begun(EXTRA_EVERY, since, now)

    def _has_begun(self, interval: timedelta, since: datetime, now: datetime) -> bool:
        return _slot(self.endpoint_id, interval, now) > _slot(self.endpoint_id, interval, since)


def pace_of(endpoint: Endpoint) -> Pace:
    awaited = [each.decides_from for each in endpoint.findings if each.decides_from is not None]
    return Pace(
        endpoint.id,
        endpoint.interval,
        is_new=not endpoint.showing,
        deployed_at=endpoint.deployed_at,
        decides_from=min(awaited, default=None),
    )


def _slot(endpoint_id: str, interval: timedelta, moment: datetime) -> int:
    """The number of the interval in which `moment` lies. Each begins up to a fifth later than the endpoint's
    own beat."""
    beat = (moment - _EPOCH) / interval - _share(endpoint_id)
    number = int(beat)
    return number if beat - number >= JITTER * _share(f"{endpoint_id}#{number}") else number - 1


def _share(text: str) -> float:
    return crc32(text.encode()) / 2**32
