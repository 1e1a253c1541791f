"""How soon relying parties see revocations, and of which CAs they do not (docs/revocation.md#receipts)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.status.looks import Observation, Way

BUCKETS = (1, 2, 5, 10, 20, 40, 60, 90, 120, 300)
"""Upper bounds in seconds; later sightings are in the bucket without one."""

LATER = "later"
RUNS_UNTIL_ALERT = 2
"""One minute may miss a CRL that is being published."""


@dataclass(frozen=True)
class Propagation:
    """Sightings by one way: how many in each bucket, by its bound as text, and their seconds in total."""

    way: Way
    buckets: Mapping[str, int]
    seconds: float

    @property
    def count(self) -> int:
        return sum(self.buckets.values())

    def up_to(self, bound: int) -> int:
        return sum(self.buckets.get(str(each), 0) for each in BUCKETS if each <= bound)


@dataclass(frozen=True)
class Overdue:
    """Revocations of one CA that one way does not show though it should by now. `runs`: for how many minutes
    in a row; 0 once there are none."""

    ca_id: str
    way: Way
    count: int
    runs: int
    oldest: datetime | None = None

    @property
    def is_delayed(self) -> bool:
        return self.runs >= RUNS_UNTIL_ALERT


def propagations(observations: Iterable[Observation]) -> list[Propagation]:
    """The seconds until one look first saw its revocations, by way."""
    buckets: dict[Way, Counter[str]] = {way: Counter() for way in Way}
    totals = dict.fromkeys(Way, 0.0)
    for each in observations:
        for sighting in each.sightings:
            seconds = sighting.seconds_after(each.revocation.due_at)
            buckets[sighting.way][bucket_of(seconds)] += 1
            totals[sighting.way] += seconds
    return [Propagation(way, buckets[way], round(totals[way], 3)) for way in Way if buckets[way]]


def bucket_of(seconds: float) -> str:
    return next((str(bound) for bound in BUCKETS if seconds <= bound), LATER)


def overdue_now(missing: Iterable[Observation], known: Iterable[Overdue], now: datetime) -> list[Overdue]:
    """After a look at all: `missing` are the revocations that it did not see. One for each CA and way that
    has some, or had some."""
    oldest: dict[tuple[str, Way], datetime] = {}
    counts: Counter[tuple[str, Way]] = Counter()
    for each in missing:
        row = each.revocation
        for way in each.missing:
            if row.is_overdue(way, now):
                key = (row.ca_id, way)
                counts[key] += 1
                oldest[key] = min(oldest.get(key, row.due_at), row.due_at)
    before = {(each.ca_id, each.way): each.runs for each in known}
    return [
        Overdue(ca_id, way, counts[ca_id, way], before.get((ca_id, way), 0) + 1, oldest[ca_id, way])
        if counts[ca_id, way]
        else Overdue(ca_id, way, 0, 0)
        for ca_id, way in sorted({*counts, *before})
    ]
