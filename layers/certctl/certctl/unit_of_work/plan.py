"""The actions of one transaction, within the limits that DynamoDB sets."""

from collections.abc import Sequence

from certctl.store.database import Database
from certctl.store.writes import MAX_ACTIONS, Write


class TooManyWrites(Exception):
    """A change that has to write more rows than a transaction takes. Nothing was written."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} required writes; a transaction takes {MAX_ACTIONS}")


class WrittenTwice(Exception):
    """A change that writes one row twice: DynamoDB would refuse it. Nothing was written."""

    def __init__(self, key: object) -> None:
        super().__init__(f"two writes to {key}")


class Plan:
    """What is `added` to the required writes of a transaction."""

    def __init__(self, required: int) -> None:
        """Raises TooManyWrites."""
        if required > MAX_ACTIONS:
            raise TooManyWrites(required)
        self._required = required
        self.added: list[Write] = []

    @property
    def room(self) -> int:
        return MAX_ACTIONS - self._required - len(self.added)

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
