"""The actions of one transaction, within the limits that DynamoDB sets."""

from collections.abc import Sequence

from certctl.store.database import Database
from certctl.store.writes import MAX_ACTIONS, Write


class TooManyWrites(Exception):
    """A change that has to write more rows than a transaction takes. Nothing was written."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} required writes are more than a transaction takes")


class WrittenTwice(Exception):
    """A change that writes one row twice: DynamoDB would refuse it. Nothing was written."""

    def __init__(self, key: object) -> None:
        super().__init__(f"two writes to {key}")


class Plan:
    """What is `added` to the required writes of a transaction that has room for `limit`."""

    def __init__(self, required: int, limit: int = MAX_ACTIONS) -> None:
        """Raises TooManyWrites."""
        if required > limit:
            raise TooManyWrites(required)
        self._left = limit - required
        self.added: list[Write] = []

    @property
    def room(self) -> int:
        return self._left - len(self.added)

    def add(self, steps: Sequence[Write]) -> None:
        self.added += steps


def require_distinct_keys(database: Database, steps: Sequence[Write]) -> None:
    """Raises WrittenTwice."""
    seen = set[tuple[str, ...]]()
    for step in steps:
        key = database.key_of(step)
        if key in seen:
            raise WrittenTwice(key)
        seen.add(key)
