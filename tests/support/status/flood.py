"""A flood of revocations in simulated time: the publisher with its queue, whose batches wait five seconds,
and the run of each minute."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from certctl.domain.authorities.authorities import Authority
from certctl.domain.status.editions import SPACING
from certctl.domain.status.nudges import CrlNudge
from certctl.services.status.crl_runs import CrlRun, CrlRuns
from tests.support.authorities.pki import Pki

_BATCH, _CONSUMERS = 100, 4
WINDOW = timedelta(seconds=5)
"""CrlPublisherNudges in template.yaml."""


@dataclass
class Flood:
    """`published`: when each CRL was, by shard. Nothing in it takes time but waiting."""

    pki: Pki
    authority: Authority
    shards: int
    published: dict[str, list[datetime]] = field(default_factory=dict)
    queue: list[tuple[datetime, CrlNudge]] = field(default_factory=list)
    revoked: int = 0

    def __post_init__(self) -> None:
        pki = self.pki
        self.runs = CrlRuns(pki.authorities, pki.publication(), self._again, pki.clock, SPACING)

    def run(self, a_second: int, duration: timedelta) -> timedelta:
        """Returns the time from the last revocation until the last CRL."""
        end = self.pki.clock() + duration
        while self.pki.clock() < end:
            for _ in range(int(WINDOW.total_seconds()) * a_second):
                self._revoke()
            self._pass_a_window()
        last = self.pki.clock() - WINDOW
        while self.queue:
            self._pass_a_window()
        return max(times[-1] for times in self.published.values()) - last

    def builds_a_minute(self, shard: str) -> int:
        """In the worst calendar minute."""
        return max(Counter(moment.replace(second=0) for moment in self.published[shard]).values())

    def least_spacing(self, shard: str) -> timedelta:
        times = self.published[shard]
        return min(later - earlier for earlier, later in pairwise(times))

    def _revoke(self) -> None:
        self.revoked += 1
        shard = self.revoked % self.shards
        self.pki.revoke(self.authority, f"{0x1000_0000 + self.revoked:08x}", crl_shard=shard)
        now = self.pki.clock()
        self.queue.append((now, CrlNudge(self.authority.ca_id, str(shard), now)))

    def _again(self, nudge: CrlNudge, wait: timedelta) -> None:
        self.queue.append((self.pki.clock() + wait, nudge))

    def _pass_a_window(self) -> None:
        before = self.pki.clock()
        self.pki.clock.advance(WINDOW)
        now = self.pki.clock()
        if before.minute != now.minute:
            self._note(self.runs.publish_due())
        for _ in range(_CONSUMERS):
            visible = [entry for entry in self.queue if entry[0] <= now][:_BATCH]
            if visible:
                for entry in visible:
                    self.queue.remove(entry)
                self._note(self.runs.publish_nudged([nudge for _, nudge in visible]))

    def _note(self, run: CrlRun) -> None:
        assert run.failed == []
        for shard in run.published:
            self.published.setdefault(shard.shard, []).append(self.pki.clock())
