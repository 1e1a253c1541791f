"""Work that may fail: when it is due, which worker holds it (ADR 4), when it is tried again (ADR 9)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_SHORTEST_WAIT = 20.0
LONGEST_POSTPONEMENT = 600.0


def postponement(age: timedelta, random: Callable[[], float]) -> float:
    """Seconds until work that an overloaded service refused is tried again: a fifth of its age, give or take
    a half, so that what was refused together does not return together; ten minutes at most."""
    wait = min(max(_SHORTEST_WAIT, age.total_seconds() / 5), LONGEST_POSTPONEMENT / 1.5)
    return wait * (0.5 + random())


@dataclass(frozen=True)
class Due:
    """The fencing state of a row. `due_at` is None if it needs no work; `attempt` only rises, over all
    epochs; `lease_until` is None if no worker holds it."""

    due_at: datetime | None = None
    epoch: int = 1
    attempt: int = 0
    retry_count: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = None


LONGEST_STEP = timedelta(seconds=5)
"""What the last step of a turn takes, with the report of the turn: AWS answers slowly at times."""


@dataclass(frozen=True)
class Claim:
    """The right to do one attempt at a row until `lease_until`; `lost`: the previous attempt never
    reported. `run_ends`: when the worker's function is ended, None if that is unknown."""

    id: str
    token: str
    attempt: int
    epoch: int
    retry_count: int
    lease_until: datetime
    lost: bool = False
    run_ends: datetime | None = None

    def has_time(self, work: timedelta, now: datetime) -> bool:
        return now + work < self.lease_until

    def turn_ends(self, longest: timedelta, now: datetime) -> datetime:
        """A turn of many steps begins none after this moment."""
        return min(now + longest, self.last_step_at)

    @property
    def last_step_at(self) -> datetime:
        """A step that begins later may be cut off, or done by another worker too."""
        return min(self.lease_until, self.run_ends or self.lease_until) - LONGEST_STEP


@dataclass(frozen=True)
class NotYetDue:
    """Found early: another nudge follows after `wait` seconds."""

    wait: float
    epoch: int


@dataclass(frozen=True)
class NothingToDo:
    """The row is done, held by another worker, or gone."""

    reason: str


ClaimResult = Claim | NotYetDue | NothingToDo


@dataclass(frozen=True)
class Nudge:
    """A queue message: look at this row. It carries no data. `is_external` selects the queue of jobs."""

    id: str
    epoch: int
    is_external: bool = False

    @property
    def body(self) -> dict[str, str | int]:
        return {"id": self.id, "epoch": self.epoch}
