"""A campaign that is paused, resumed or cancelled between any two writes of its worker (ADR 43)."""

from collections.abc import Callable
from functools import partial

import pytest

from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from tests.support.functions.control_plane import ControlPlane
from tests.support.revocation.campaign_checks import check_cancelled, check_completed
from tests.support.revocation.campaign_writes import WRITES, each_write
from tests.support.revocation.campaigns import CampaignStory, Stop
from tests.support.revocation.interruptions import Interrupted, die

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

ALERT, REVOKE = OnDeadline.ALERT, OnDeadline.REVOKE
FOUND = 2
"""The write after which the campaign runs."""


def stopped_and_lost(at: int, stop: Stop) -> Interrupted:
    """A worker whose process dies after the write, while the lease has not run out yet."""

    def after() -> None:
        stop()
        die()

    return Interrupted(at, after=after)


STOPPED: dict[str, Callable[[int, Stop], Interrupted]] = {
    "before": lambda at, stop: Interrupted(at, before=stop),
    "dies-after": stopped_and_lost,
}
LOST: dict[str, Callable[[int], Interrupted]] = {
    "dies-before": lambda at: Interrupted(at, before=die),
    "dies-after": lambda at: Interrupted(at, after=die),
}


def written(at: int, when: str) -> int:
    """The number of the worker's writes before it was interrupted."""
    return at - 1 if when == "before" else at


def twice(api: Interrupted, act: Callable[[], None]) -> None:
    """Acts twice, like a person whose request was lost."""
    for _ in range(2):
        with api.at_work():
            act()


def once_deployed(story: CampaignStory, act: Callable[[], None]) -> Callable[[], None]:
    """Acts once during `play`, when the first certificate awaits its verification."""
    left = [act]

    def between() -> None:
        if left and ItemState.DEPLOYED in story.campaign.counts:
            left.pop()()

    return between


@pytest.mark.parametrize(("mode", "at", "when"), each_write(STOPPED))
def test_a_cancelled_campaign_does_nothing_more(
    plane: ControlPlane, mode: OnDeadline, at: int, when: str
) -> None:
    story = CampaignStory(plane, mode)
    cancel = Stop(story, "cancel")
    story.play(STOPPED[when](at, cancel))
    assert cancel.was_done is (written(at, when) < WRITES[mode])
    if cancel.was_done:
        cancel.check(Interrupted(0))
        check_cancelled(story)
    else:
        check_completed(story)


@pytest.mark.parametrize(("mode", "at", "when"), each_write(STOPPED))
def test_a_paused_campaign_does_nothing_until_it_is_resumed(
    plane: ControlPlane, mode: OnDeadline, at: int, when: str
) -> None:
    story = CampaignStory(plane, mode)
    pause = Stop(story, "pause")

    def resume() -> None:
        if story.campaign.state is CampaignState.PAUSED:
            pause.check(Interrupted(0))
            story.try_to("resume")

    story.play(STOPPED[when](at, pause), resume)
    assert pause.was_done is (FOUND <= written(at, when) < WRITES[mode])
    check_completed(story, *(("paused", "resumed") if pause.was_done else ()))


@pytest.mark.parametrize(("mode", "at", "what"), each_write(LOST, dict.fromkeys(OnDeadline, 5), {ALERT: [2]}))
def test_a_worker_that_is_lost_during_a_pause_reports_the_deadline_once(
    plane: ControlPlane, mode: OnDeadline, at: int, what: str
) -> None:
    """The first three writes are those of the turn that reports it."""
    story, worker = CampaignStory(plane, mode), LOST[what](at)
    pause = Stop(story, "pause")

    def pause_and_resume() -> None:
        pause()
        pause.check(worker)
        story.try_to("resume")

    story.play(Interrupted(0), once_deployed(story, pause_and_resume))
    assert worker.writes >= at
    check_completed(story, "paused", "resumed")


@pytest.mark.parametrize(
    ("mode", "at", "what"), each_write(LOST, dict.fromkeys(OnDeadline, 3), {REVOKE: [3]})
)
def test_a_pause_and_its_end_are_repeated_by_a_person_whose_request_was_lost(
    plane: ControlPlane, mode: OnDeadline, at: int, what: str
) -> None:
    """Writes: the pause; its end, and the worker's awakening."""
    story, api = CampaignStory(plane, mode), LOST[what](at)
    pause = Stop(story, "pause")

    def pause_and_resume() -> None:
        twice(api, pause)
        pause.check(Interrupted(0))
        twice(api, lambda: story.try_to("resume"))

    story.play(Interrupted(0), once_deployed(story, pause_and_resume))
    assert api.writes >= at
    check_completed(story, "paused", "resumed")


@pytest.mark.parametrize(("mode", "at", "what"), each_write(LOST, dict.fromkeys(OnDeadline, 1), {ALERT: [1]}))
def test_a_cancellation_is_repeated_by_a_person_whose_request_was_lost(
    plane: ControlPlane, mode: OnDeadline, at: int, what: str
) -> None:
    story, api = CampaignStory(plane, mode), LOST[what](at)
    cancel = Stop(story, "cancel")

    story.play(Interrupted(0), once_deployed(story, partial(twice, api, cancel)))
    assert api.writes >= at
    cancel.check(Interrupted(0))
    check_cancelled(story)


@pytest.mark.parametrize("at", [1, 2])
def test_a_campaign_that_is_resumed_during_a_turn_goes_on_in_it(plane: ControlPlane, at: int) -> None:
    """Before the claim, and before the job is postponed: its next turn would come in an hour."""
    story = CampaignStory(plane, ALERT)
    worker = Interrupted(at, before=lambda: story.try_to("resume"))

    def pause() -> None:
        story.verify(story.first)
        story.try_to("pause")
        with worker.at_work():
            story.turn()
        assert story.marks(story.first).keys() == story.old[story.first]

    story.play(Interrupted(0), once_deployed(story, pause))
    check_completed(story, "paused", "resumed")


@pytest.mark.parametrize("at", [1, 2])
def test_a_certificate_that_is_verified_during_a_turn_is_finished_in_it(plane: ControlPlane, at: int) -> None:
    story = CampaignStory(plane, REVOKE)
    worker = Interrupted(at, before=lambda: story.verify(story.first))

    def verify() -> None:
        with worker.at_work():
            story.turn()
        assert story.marks(story.first).keys() == story.old[story.first]

    story.play(Interrupted(0), once_deployed(story, verify))
    check_completed(story)
