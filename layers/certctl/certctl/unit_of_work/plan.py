"""The actions of one transaction, within the limits that DynamoDB sets."""

from collections.abc import Sequence

from certctl.domain.due_work import Nudge
from certctl.store.database import Database
from certctl.store.writes import Write


class TooManyWrites(Exception):
    """A change that must write more rows than a transaction takes. Nothing was written."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} required writes are more than a transaction takes")


class WrittenTwice(Exception):
    """A change that writes one row twice: DynamoDB would refuse it. Nothing was written."""

    def __init__(self, key: object) -> None:
        super().__init__(f"two writes to {key}")


class Draft:
    """What is added to the required writes of a transaction, as far as its `limit` has room.

    `earlier` are groups without room, each for a transaction of its own before this one; `left_out` are the
    names of what is left to schedules.
    """

    def __init__(self, required: int, limit: int) -> None:
        """Raises TooManyWrites."""
        if required > limit:
            raise TooManyWrites(required)
        self._left = limit - required
        self.added: list[Write] = []
        self.nudges: list[Nudge] = []
        self.earlier: list[Sequence[Write]] = []
        self.left_out: list[str] = []

    @property
    def room(self) -> int:
        return self._left - len(self.added)

    def add(self, writes: Sequence[Write], nudges: Sequence[Nudge] = ()) -> None:
        self.added += writes
        self.nudges += nudges

    def add_before(self, writes: Sequence[Write], nudges: Sequence[Nudge]) -> None:
        self.earlier.append(writes)
        self.nudges += nudges


def require_distinct_keys(database: Database, steps: Sequence[Write]) -> None:
    """Raises WrittenTwice."""
    seen = set[tuple[str, ...]]()
    for step in steps:
        key = database.key_of(step)
        if key in seen:
            raise WrittenTwice(key)
        seen.add(key)
