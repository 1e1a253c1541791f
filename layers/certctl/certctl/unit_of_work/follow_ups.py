"""Works off what changes left for later: the one loop of all schedules that do."""

from collections.abc import Callable, Iterable
from datetime import datetime

from certctl.domain.errors import ChangedMeanwhile
from certctl.observability import logger
from certctl.store.follow_ups import FollowUp, FollowUpStore


def work_off(follow_ups: FollowUpStore, now: datetime, settle: Callable[[FollowUp], Iterable[int]]) -> int:
    """The sum of what `settle` yields, batch by batch, for each follow-up that has settled. One that was set
    again, or whose record changed, is left to the next run. Raises Unavailable: the next run goes on."""
    return sum(_settled(follow_up, settle) for follow_up in follow_ups.settled(now))


def _settled(follow_up: FollowUp, settle: Callable[[FollowUp], Iterable[int]]) -> int:
    done = 0
    try:
        for count in settle(follow_up):
            done += count
    except ChangedMeanwhile:
        logger.info("a follow-up is left to the next run", extra={"follow_up": follow_up.id})
    return done
