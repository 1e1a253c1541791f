"""A clock that only tests advance."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Starts in the first minute after the last quarter of an hour: at each, the publisher of CRLs looks at
    objects too, and so it never does within 13 minutes of a test, at whatever time that runs."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self.time = now - timedelta(minutes=(now.minute - 1) % 15)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by
