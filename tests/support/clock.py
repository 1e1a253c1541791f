"""A clock that only tests advance."""

from datetime import UTC, datetime, timedelta

from certctl.domain.notifications.digests.settings import next_due_at

_MINUTE, _QUARTER = timedelta(minutes=1), timedelta(minutes=15)


class Clock:
    """Starts a minute or two after a quarter of an hour: at each, the publisher of CRLs looks at objects too,
    and so it never does within 13 minutes of a test, at whatever time that runs. A later clock starts later:
    the tests of a module share a stack, whose CRLs are never of the future."""

    def __init__(self) -> None:
        a_minute_ago = datetime.now(UTC) - _MINUTE
        quarter = a_minute_ago.replace(minute=a_minute_ago.minute // 15 * 15, second=0, microsecond=0)
        self.time = quarter + _MINUTE + (a_minute_ago - quarter) / 15

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by

    def advance_to_digests(self) -> None:
        """Advances to the next Monday at 08:00 UTC, from which on maintenance sends weekly digests, and on to
        the same distance from a quarter of an hour as now."""
        quarters = -((self.time - next_due_at(self.time, UTC)) // _QUARTER)
        self.advance(quarters * _QUARTER)
