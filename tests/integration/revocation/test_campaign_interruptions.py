"""A campaign whose worker is interrupted at any of its writes: its process dies, another worker has taken its
job over, or the deadline passes (ADR 43)."""

from collections.abc import Callable
from functools import partial

import pytest

from certctl.domain.revocation.states import OnDeadline
from tests.support.functions.control_plane import ControlPlane
from tests.support.revocation.campaign_checks import check_completed, check_counts
from tests.support.revocation.campaign_writes import WRITES, each_write
from tests.support.revocation.campaigns import CampaignStory
from tests.support.revocation.interruptions import Interrupted, die

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

INTERRUPTIONS: dict[str, Callable[[int, CampaignStory], Interrupted]] = {
    "dies-before": lambda at, _: Interrupted(at, before=die),
    "dies-after": lambda at, _: Interrupted(at, after=die),
    "is-overtaken": lambda at, story: Interrupted(at, before=story.turn),
    "is-late": lambda at, story: Interrupted(at, before=story.to_the_deadline),
}


@pytest.mark.parametrize("mode", OnDeadline)
def test_these_are_all_writes_of_the_worker(plane: ControlPlane, mode: OnDeadline) -> None:
    story, worker = CampaignStory(plane, mode), Interrupted(0)
    story.play(worker)
    assert worker.writes == WRITES[mode]
    check_completed(story)


@pytest.mark.parametrize(("mode", "at", "what"), each_write(INTERRUPTIONS))
def test_each_old_version_is_revoked_once_and_not_too_early(
    plane: ControlPlane, mode: OnDeadline, at: int, what: str
) -> None:
    story = CampaignStory(plane, mode)
    worker = INTERRUPTIONS[what](at, story)
    story.play(worker, partial(check_counts, story))
    assert worker.writes >= at
    check_completed(story)
