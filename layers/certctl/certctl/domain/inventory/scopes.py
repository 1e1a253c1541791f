"""A scope is what one scan covers: an agent's files, an AWS service in a region, an upload."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MAX_PLACES = 20_000
MAX_UPLOADED_PLACES = 100_000
MAX_NEW_A_DAY = 5_000
MAX_SCOPES = 500
"""Scopes of one source."""
SILENT_INTERVALS = 3
ALL_IS_SENT_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Scope:
    """`places` counts what its scans left. `digest` is that of the last manifest that was sent in full, at
    `complete_at`. `run` is the digest of a manifest that is being sent, up to the place key `run_upto`,
    `run_places` so far.
    `due_at`: when the next scan is to begin, or when its silence is to be noticed. `interval` is the time
    between two scans, None for a scope that is reported once. `failure` is why a scan failed."""

    id: str
    source_id: str
    team_id: str
    label: str
    created_at: datetime
    interval: timedelta | None = None
    places: int = 0
    digest: str = ""
    complete_at: datetime | None = None
    last_seen_at: datetime | None = None
    run: str = ""
    run_upto: str = ""
    run_places: int = 0
    failure: str = ""
    failing_since: datetime | None = None
    notified_at: datetime | None = None
    new_day: str = ""
    new_count: int = 0
    due_at: datetime | None = None
    revision: int = 1

    def has(self, digest: str, now: datetime) -> bool:
        """Whether a manifest of this digest was sent in full within the last week."""
        recent = self.complete_at is not None and now - self.complete_at < ALL_IS_SENT_AFTER
        return bool(digest) and digest == self.digest and recent

    def is_silent(self, now: datetime) -> bool:
        """Whether no report came for three intervals."""
        if self.interval is None:
            return False
        return now - (self.last_seen_at or self.created_at) > SILENT_INTERVALS * self.interval

    def reported(self, now: datetime) -> "Scope":
        """The scope after a report. One that somebody was told about stays due, until its alert has ended."""
        after = replace(self, last_seen_at=now, failure="", failing_since=None)
        if self.notified_at is not None:
            return replace(after, due_at=now)
        return replace(after, due_at=None if self.interval is None else now + self.interval)

    @property
    def heard_of_again(self) -> "Scope":
        """The scope after the end of its alert."""
        next_at = self.last_seen_at + self.interval if self.last_seen_at and self.interval else None
        return replace(self, notified_at=None, due_at=next_at)

    def failed(self, reason: str, now: datetime) -> "Scope":
        """The scope after a scan that found out nothing."""
        since = self.failing_since or now
        due_at = None if self.interval is None else now + self.interval
        return replace(self, failure=reason, failing_since=since, due_at=due_at)

    def with_new(self, count: int, day: str) -> "Scope":
        """The scope with certificates counted that it brought first on this day."""
        before = self.new_count if self.new_day == day else 0
        return replace(self, new_day=day, new_count=before + count)

    def new_left(self, day: str) -> int:
        """How many certificates it may still bring on this day."""
        return MAX_NEW_A_DAY - (self.new_count if self.new_day == day else 0)
