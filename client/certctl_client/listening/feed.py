"""New alerts of a stack, oldest first, by polls of the list of notifications.

A transaction may be seen later than one that began after it. So each poll reads the minute before the newest
alert again, and leaves out what has been passed: nothing is lost, and after a restart some come twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from certctl_client.api.schema import NotificationView
from certctl_client.errors import CommandError

MOST = 2_000
"""Rows that one poll reads at most."""
_OVERLAP = timedelta(minutes=1)
_SKEW = timedelta(minutes=10)
"""The most that the clocks of this computer and the server may differ, and a poll may be late."""

type ReadSince = Callable[[datetime], Iterable[NotificationView]]
"""Notifications that were created at a time or later, oldest first."""


@dataclass
class Feed:
    """Polls read what was created since `floor`. `passed` are ids of alerts, `events` the alerts themselves:
    an alert has a row for each channel. Both are kept as long as they may be read again."""

    read: ReadSince
    floor: datetime
    passed: dict[str, datetime] = field(default_factory=dict)
    events: dict[tuple[str, ...], datetime] = field(default_factory=dict)

    def new(self, now: datetime) -> list[NotificationView]:
        """Alerts that were not passed yet, oldest first. Raises CommandError, also for more than 2,000."""
        rows = list(islice(self.read(self.floor), MOST + 1))
        if len(rows) > MOST:
            raise CommandError(
                f"There are more than {MOST:,} alerts since {self.floor:%Y-%m-%dT%H:%M:%SZ}.",
                "Begin again without --after or --cursor; `certctl notifications list` has them all.",
            )
        fresh = [row for row in rows if row["id"] not in self.passed]
        if not fresh:
            self._rise(now - _SKEW)
        return fresh

    def pass_all(self, now: datetime) -> None:
        """Passes what is there already."""
        for row in self.new(now):
            self.pass_by(row)

    def is_known(self, row: NotificationView) -> bool:
        """Whether another channel's row of the same alert has been passed."""
        return _event(row) in self.events

    def pass_by(self, row: NotificationView) -> None:
        at = datetime.fromisoformat(row["created_at"])
        self.passed[row["id"]] = self.events[_event(row)] = at
        self._rise(at - _OVERLAP)

    def _rise(self, floor: datetime) -> None:
        self.floor = max(self.floor, floor)
        self.passed = {id_: at for id_, at in self.passed.items() if at >= self.floor}
        self.events = {event: at for event, at in self.events.items() if at >= self.floor}


def _event(row: NotificationView) -> tuple[str, ...]:
    return row["type"], row["action"], row["dedup_key"], row["created_at"]
