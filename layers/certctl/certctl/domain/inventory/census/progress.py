"""How far a count has come. Several runs make one: each continues where the one before ended."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.times import day_of

_REST = 12
"""A count that was asked for waits so many times as long as the last one took."""


class Phase(StrEnum):
    OBSERVED = "observed"
    ISSUED = "issued"
    PUBLISHING = "publishing"
    ENDED = "ended"


@dataclass(frozen=True)
class CensusProgress:
    """`day` is the UTC day of the count, `began_at` the time that all of it is of. `position` is the last
    place that was counted in this phase. `checkpoint` names the rows that keep what was counted up to there.
    `published` is the day whose figures are the latest."""

    day: str
    began_at: datetime
    phase: Phase = Phase.OBSERVED
    position: str | None = None
    checkpoint: str | None = None
    ended_at: datetime | None = None
    published: str | None = None
    revision: int = 1

    def is_over(self, now: datetime, wanted_at: datetime | None) -> bool:
        """Whether the count ended, and none is due: once a day, and after imports."""
        if self.phase is not Phase.ENDED or self.ended_at is None:
            return False
        if self.day < day_of(now):
            return False
        is_wanted = wanted_at is not None and wanted_at >= self.began_at
        took = max(self.ended_at - self.began_at, timedelta())
        return not (is_wanted and now >= self.ended_at + _REST * took)

    def begun_again(self, now: datetime) -> "CensusProgress":
        return replace(begun(now), published=self.published, revision=self.revision)

    def at(self, phase: Phase, position: str | None, checkpoint: str) -> "CensusProgress":
        return replace(self, phase=phase, position=position, checkpoint=checkpoint)

    def ended(self, now: datetime) -> "CensusProgress":
        return replace(self, phase=Phase.ENDED, position=None, ended_at=now, published=self.day)


def begun(now: datetime) -> CensusProgress:
    """A count that begins now: rows keep whole seconds."""
    return CensusProgress(day_of(now), now.replace(microsecond=0))
