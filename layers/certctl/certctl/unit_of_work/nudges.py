"""Nudges the workers after a commit, best effort: the due indexes and the CRL shards are authoritative."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any

from certctl.domain.due_work import Nudge
from certctl.domain.status.looks import LOOKS_AFTER
from certctl.domain.status.nudges import CrlNudge
from certctl.domain.times import to_wire

_LONGEST_DELAY_SECONDS = 900

Send = Callable[[str, Mapping[str, Any], int], None]
"""Sends a body to the named queue (see `config.queue_url`) after a delay in seconds, best effort."""


@dataclass(frozen=True)
class Nudges:
    """Waits of more than `longest` seconds are left to the schedule."""

    send: Send
    longest: float = _LONGEST_DELAY_SECONDS

    def job(self, nudge: Nudge, wait_seconds: float = 0) -> None:
        """Sends to the queue of the job's worker."""
        if wait_seconds <= self.longest:
            queue = "external_jobs" if nudge.is_external else "jobs"
            self.send(queue, nudge.body, ceil(wait_seconds))

    def jobs(self, nudges: Iterable[Nudge]) -> None:
        for nudge in nudges:
            self.job(nudge)

    def notification(self, nudge: Nudge, wait_seconds: float = 0) -> None:
        if wait_seconds <= self.longest:
            self.send("notifications", nudge.body, ceil(wait_seconds))

    def notifications(self, nudges: Iterable[Nudge]) -> None:
        for nudge in nudges:
            self.notification(nudge)

    def validation(self, order_id: str, n: int) -> None:
        """Sends to the validator of the ACME server, which sends nothing itself (ADR 73)."""
        self.send("acme_validations", {"id": f"{order_id}#{n}"}, 0)

    def crl(self, ca_id: str, shard: int) -> None:
        self.send("crl_nudges", {"ca_id": ca_id, "shard": shard}, 0)

    def crl_again(self, nudge: CrlNudge, wait: timedelta) -> None:
        body = {"ca_id": nudge.ca_id, "shard": nudge.shard, "since": to_wire(nudge.since)}
        self.send("crl_nudges", body, ceil(wait.total_seconds()))

    def status_check(self, ca_id: str, shard: int) -> None:
        """The first look for a revocation comes a second after it."""
        self.send("status_checks", {"ca_id": ca_id, "shard": str(shard)}, LOOKS_AFTER[0])
