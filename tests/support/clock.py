"""A clock that only tests advance."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Starts in the first minute after the last quarter of an hour: at each, the publisher of CRLs looks at
    objects too, and so it never does within 13 minutes of a test, at whatever time that runs. A later clock
    starts later: the tests of a module share a stack, whose CRLs are never of the future."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
        self.time = quarter + timedelta(seconds=1) + (now - quarter) / 15

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by
