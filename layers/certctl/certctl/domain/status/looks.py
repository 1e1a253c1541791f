"""When status_watch looks for a revocation, and what a look found (docs/revocation.md#receipts)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOOKS_AFTER = (1, 2, 5, 10, 20, 40)
"""Seconds after the revocation. Then comes the schedule, each minute."""

OCSP_LOOKS_A_SECOND = 5
"""The OCSP looks for one CA. Revocations beyond that are sampled out."""


class Way(StrEnum):
    """How relying parties learn of a revocation."""

    CRL = "crl"
    OCSP = "ocsp"


OVERDUE_AFTER = {Way.CRL: timedelta(seconds=120), Way.OCSP: timedelta(seconds=15)}
"""A CRL is built within 60 seconds, and the edge keeps the preceding one for 30; an answer for 5."""

FOUND_WITHIN = timedelta(seconds=1)
"""A revocation is in the index of due ones by then: a look before that may have missed it."""


@dataclass(frozen=True)
class DueRevocation:
    """A revocation whose receipt is not complete. `due_at` is the moment of the revocation."""

    ca_id: str
    shard: str
    serial: str
    due_at: datetime
    crl_seen_at: datetime | None = None
    ocsp_seen_at: datetime | None = None
    ocsp_sampled_out: bool = False

    def waits_for(self, has_responder: bool) -> frozenset[Way]:
        """The ways by which it has not been seen. `has_responder`: whether its CA's certificates name one."""
        asks = has_responder and not self.ocsp_sampled_out and self.ocsp_seen_at is None
        ways = {Way.CRL: self.crl_seen_at is None, Way.OCSP: asks}
        return frozenset(way for way, waits in ways.items() if waits)

    def is_shown_by(self, date: datetime) -> bool:
        """Whether an entry or an answer of that revocation date, which has whole seconds, can be of this
        revocation. A certificate that was held, taken off hold and then revoked is listed with the earlier
        date until the next CRL."""
        return date >= self.due_at.replace(microsecond=0)

    def is_overdue(self, way: Way, now: datetime) -> bool:
        return now > self.due_at + OVERDUE_AFTER[way]

    def next_look(self, now: datetime) -> datetime | None:
        """The time of the next look; None once only the schedule looks."""
        moments = (self.due_at + timedelta(seconds=after) for after in LOOKS_AFTER)
        return next((moment for moment in moments if moment > now), None)


@dataclass(frozen=True)
class Sighting:
    """The first verified body that lists the revocation. `unseen_at`: of the last look without it."""

    way: Way
    seen_at: datetime
    sha256: str
    unseen_at: datetime | None = None
    crl_number: int | None = None

    def seconds_after(self, revoked_at: datetime) -> float:
        return round(max(0.0, (self.seen_at - revoked_at).total_seconds()), 3)


@dataclass(frozen=True)
class Observation:
    """What one look saw of a revocation, by ways that had not. `missing`: those that still have not."""

    revocation: DueRevocation
    sightings: tuple[Sighting, ...]
    missing: frozenset[Way]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    def is_overdue(self, now: datetime) -> bool:
        return any(self.revocation.is_overdue(way, now) for way in self.missing)


class OcspSampling:
    """Which revocations OCSP is asked about: the first five of each second and CA, of one process."""

    def __init__(self) -> None:
        self._second: dict[str, tuple[int, int]] = {}

    def takes(self, ca_id: str, now: datetime) -> bool:
        """Not exact under threads: it samples."""
        second = int(now.timestamp())
        last, count = self._second.get(ca_id, (second, 0))
        count = count + 1 if last == second else 1
        self._second[ca_id] = (second, count)
        return count <= OCSP_LOOKS_A_SECOND
