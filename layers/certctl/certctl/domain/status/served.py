"""What the URLs of a CA served when status_watch last looked, and whether that is what the stack published
(docs/revocation.md#what-is-served)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.authorities.authorities import CrlShard

LOOKED_AT_EVERY = timedelta(minutes=5)
_EARLY = timedelta(seconds=30)
"""The schedule runs each minute, but not to the second."""

FAULT_LASTS = timedelta(minutes=5)
"""A single edge may serve an older CRL for a moment."""
_FORGOTTEN_AFTER = timedelta(minutes=10)
_PUBLIC_AFTER = timedelta(seconds=45)
"""The edge keeps the preceding CRL for 30 seconds; the rest is a margin."""

FELL = "its number fell"
BEHIND = "it is older than the published one"
AHEAD = "its number was never announced"
ANOTHER = "its body is not the published one"
EXPIRED = "it has expired"


@dataclass(frozen=True)
class ServedUrl:
    """The last look at one URL of a CA. `fault`: why what is served is not what was published, None if it is.
    `is_usable` is false if there was nothing that a relying party could use. `ends`: nextUpdate of the CRL,
    or notAfter of the responder's certificate. `highest`: the highest number ever served; `recorded`: the
    number of the record before the look. `serial`: that of the responder's certificate. `failing_since`: of
    the first look in a row that found a fault.
    """

    looked_at: datetime
    fault: str | None = None
    is_usable: bool = True
    ends: datetime | None = None
    etag: str | None = None
    number: int | None = None
    highest: int | None = None
    recorded: int | None = None
    serial: str | None = None
    failing_since: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """After five minutes; with a fault at each run."""
        return self.fault is not None or now >= self.looked_at + LOOKED_AT_EVERY - _EARLY

    def is_forgotten(self, now: datetime) -> bool:
        """Whether the look is so old that it says nothing about the present."""
        return now > self.looked_at + _FORGOTTEN_AFTER


def lasting(seen: ServedUrl, before: ServedUrl | None) -> ServedUrl:
    """What was seen, with the time since which it fails."""
    if seen.fault is None:
        return replace(seen, failing_since=None)
    first = before.failing_since if before and before.fault else None
    return replace(seen, failing_since=first or seen.looked_at)


def not_usable(before: ServedUrl | None, fault: str, now: datetime) -> ServedUrl:
    """Keeps what was served before: the next look compares with it."""
    known = before or ServedUrl(now)
    return replace(known, looked_at=now, fault=fault, is_usable=False, serial=None)


def crl_seen(
    number: int,
    next_update: datetime,
    etag: str | None,
    record: CrlShard,
    before: ServedUrl | None,
    now: datetime,
) -> ServedUrl:
    """A verified CRL. `record` was read before the look at `now`."""
    highest = max(number, before.highest or 0) if before else number
    seen = ServedUrl(now, None, next_update > now, next_update, etag, number, highest, record.crl_number)
    return replace(seen, fault=_fault(seen, record, before))


def _fault(seen: ServedUrl, record: CrlShard, before: ServedUrl | None) -> str | None:
    number = seen.number or 0
    if not seen.is_usable:
        return EXPIRED
    if number < (seen.highest or 0):
        return FELL
    if number < _least(record, before, seen.looked_at):
        return BEHIND
    if before is not None and (before.number or 0) > record.last_number:
        return AHEAD
    if number == record.crl_number and record.etag and not is_same(seen.etag, record.etag):
        return ANOTHER
    return None


def _least(record: CrlShard, before: ServedUrl | None, now: datetime) -> int:
    """The number that is public by now. A shard that is published every 15 seconds always has a record that
    the edge does not serve yet: then that of the last look counts."""
    published = record.published_at
    if published is not None and now >= published + _PUBLIC_AFTER:
        return record.crl_number
    if before is not None and now >= before.looked_at + _PUBLIC_AFTER:
        return before.recorded or 0
    return 0


def is_same(etag: str | None, other: str | None) -> bool:
    """False if one is unknown. An edge that compresses makes an ETag weak (RFC 9110, section 8.8.3.2)."""
    return bool(etag and other) and (etag or "").removeprefix("W/") == (other or "").removeprefix("W/")
