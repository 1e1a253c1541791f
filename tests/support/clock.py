"""A clock that only tests advance."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Starts now, but never at a quarter of an hour, when the publisher of CRLs looks at objects too."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        self.time = now - timedelta(minutes=now.minute % 15 == 0)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by
