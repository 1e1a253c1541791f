"""A campaign as a whole: its states, its confirmation, its deadline, its counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.revocation.bulk import MAX_NAMED
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaign_requests import MAX_DEADLINE_HOURS, CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import CONFIRMED_WITHIN, LONGEST, Campaign, campaign_of, new_campaign
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from tests.support.agents.fleet import certificate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SELECTION = CampaignSelection(profile_id="server")
STATES = list(CampaignState)


def a_campaign(state: CampaignState = CampaignState.RUNNING, **fields: Any) -> Campaign:
    wanted = NewCampaign(SELECTION, "keyCompromise")
    confirmed = (
        {"confirmed_at": NOW} if state not in (CampaignState.FINDING, CampaignState.UNCONFIRMED) else {}
    )
    return replace(new_campaign(wanted, "user-1", NOW), **confirmed | {"state": state} | fields)


def an_item(number: int, state: ItemState = ItemState.FOUND) -> CampaignItem:
    return CampaignItem(f"mc-{number}", "web", "t-1", ("01",), ("aa",), NOW, state)


def found(confirm: int | None, count: int) -> Campaign:
    looking = a_campaign(CampaignState.FINDING, confirm=confirm)
    return looking.found([an_item(n) for n in range(count)], None, NOW + timedelta(minutes=1))


def moves_to(target: CampaignState, before: Campaign) -> Campaign:
    moves = {
        CampaignState.PAUSED: lambda: before.paused(NOW),
        CampaignState.COMPLETED: lambda: before.completed(NOW),
        CampaignState.CANCELLED: lambda: before.cancelled("enough", NOW),
        CampaignState.FAILED: lambda: before.failed("lost", NOW),
    }
    if target is CampaignState.RUNNING:
        is_dry = before.state is CampaignState.UNCONFIRMED
        return before.confirmed(0, NOW) if is_dry else before.resumed(NOW)
    return moves[target]()


ALLOWED = {
    (CampaignState.UNCONFIRMED, CampaignState.RUNNING),
    (CampaignState.RUNNING, CampaignState.PAUSED),
    (CampaignState.PAUSED, CampaignState.RUNNING),
    (CampaignState.RUNNING, CampaignState.COMPLETED),
    *(
        (source, target)
        for source in STATES[:4]
        for target in (CampaignState.CANCELLED, CampaignState.FAILED)
    ),
}


@pytest.mark.parametrize("source", STATES)
@pytest.mark.parametrize("target", STATES[2:])
def test_only_these_states_follow_one_another(source: CampaignState, target: CampaignState) -> None:
    before = a_campaign(source)
    if (source, target) in ALLOWED:
        after = moves_to(target, before)
        assert (after.state, after.revision) == (target, before.revision + 1)
    else:
        with pytest.raises(Conflict, match=f"is {source} cannot"):
            moves_to(target, before)


def test_a_campaign_that_has_ended_says_when_and_why() -> None:
    ended = a_campaign().cancelled("enough", NOW)
    assert (ended.ended_at, ended.error, ended.state.has_ended) == (NOW, "enough", True)
    assert a_campaign().completed(NOW).ended_at == NOW
    assert [state for state in STATES if state.has_ended] == STATES[4:]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"selection": CampaignSelection()}, "at least one"),
        ({"selection": CampaignSelection(certificate_ids=("mc-1",) * (MAX_NAMED + 1))}, "at most"),
        ({"reason": "certificateHold"}, "does not last"),
        ({"reason": "superseded", "on_deadline": OnDeadline.REVOKE}, "keyCompromise"),
        ({"deadline_hours": 0}, "1 to"),
        ({"deadline_hours": MAX_DEADLINE_HOURS + 1}, "1 to"),
    ],
)
def test_a_bad_request_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        new_campaign(replace(NewCampaign(SELECTION, "keyCompromise"), **fields), "user-1", NOW)


def test_a_job_and_its_campaign_know_each_other() -> None:
    campaign = a_campaign()
    assert campaign.job_id.startswith("job-")
    assert campaign_of(campaign.job_id) == campaign.id


def test_a_dry_run_waits_for_its_number() -> None:
    dry = found(None, 3)
    assert (dry.state, dry.total, dry.error, dry.deadline) == (CampaignState.UNCONFIRMED, 3, None, None)


def test_the_right_number_starts_it_at_once() -> None:
    running = found(3, 3)
    assert running.state is CampaignState.RUNNING
    assert running.deadline == NOW + timedelta(minutes=1) + DAY


def test_another_number_starts_nothing_and_says_so() -> None:
    dry = found(2, 3)
    assert dry.state is CampaignState.UNCONFIRMED
    assert dry.error == "2 were confirmed, 3 were found; confirm this number"


def test_the_dry_runs_count_confirms_it() -> None:
    dry = found(2, 3)
    with pytest.raises(InvalidInput, match="found 3 certificates"):
        dry.confirmed(2, NOW)
    running = dry.confirmed(3, NOW)
    assert (running.state, running.confirmed_at, running.error) == (CampaignState.RUNNING, NOW, None)


def test_a_slice_that_is_not_the_last_goes_on_finding() -> None:
    looking = a_campaign(CampaignState.FINDING).found([an_item(1)], "ids/mc-1", NOW)
    assert (looking.state, looking.position, looking.total) == (CampaignState.FINDING, "ids/mc-1", 1)


def test_nobody_confirms_a_dry_run_for_ever() -> None:
    dry = found(None, 1)
    assert not dry.has_expired(dry.updated_at + CONFIRMED_WITHIN - timedelta(seconds=1))
    assert dry.has_expired(dry.updated_at + CONFIRMED_WITHIN)
    assert dry.wait(dry.updated_at) == CONFIRMED_WITHIN
    assert dry.wait(dry.updated_at + 2 * DAY) == timedelta()


def test_no_campaign_lasts_for_ever() -> None:
    assert not a_campaign().has_expired(NOW + LONGEST - timedelta(seconds=1))
    assert a_campaign().has_expired(NOW + LONGEST)
    assert not a_campaign(CampaignState.FINDING).has_expired(NOW + 2 * LONGEST)


def test_counts_follow_the_steps_of_items() -> None:
    before = a_campaign(counts={ItemState.FOUND: 2})
    step = an_item(1), an_item(1, ItemState.REKEYING)
    after = before.moved([step], "mc-1", NOW)
    assert after.counts == {ItemState.FOUND: 1, ItemState.REKEYING: 1}
    done = after.moved([(an_item(2), an_item(2, ItemState.SKIPPED))], "", NOW)
    assert done.counts == {ItemState.REKEYING: 1, ItemState.SKIPPED: 1}
    assert (done.total, done.open_items) == (2, 1)


@pytest.mark.parametrize("state", ItemState)
def test_it_is_done_when_no_item_is_open(state: ItemState) -> None:
    one = a_campaign(counts={state: 1})
    assert one.is_done(NOW) is state.has_ended
    assert not replace(one, state=CampaignState.PAUSED).is_done(NOW)


@pytest.mark.parametrize("state", ItemState)
def test_failed_items_stay_in_reach_of_a_deadline_that_revokes(state: ItemState) -> None:
    one = a_campaign(counts={state: 1}, on_deadline=OnDeadline.REVOKE)
    assert one.is_done(NOW) is (state in (ItemState.REVOKED, ItemState.SKIPPED))


def test_the_deadline_is_reported_once_also_while_paused() -> None:
    late = NOW + DAY
    for state in STATES:
        campaign = a_campaign(state, counts={ItemState.ISSUED: 1})
        is_on = state in (CampaignState.RUNNING, CampaignState.PAUSED)
        assert campaign.must_report_deadline(late) is is_on
        assert not campaign.must_report_deadline(late - timedelta(seconds=1))
        assert not campaign.with_deadline_reported(late).must_report_deadline(late)


@pytest.mark.parametrize(("left", "is_reported"), [("revoked", False), ("skipped", False), ("failed", True)])
def test_a_deadline_that_was_kept_is_not_reported(left: str, is_reported: bool) -> None:
    campaign = a_campaign(counts={ItemState(left): 1})
    assert campaign.must_report_deadline(NOW + DAY) is is_reported


def test_only_a_campaign_that_asks_for_it_revokes_at_the_deadline() -> None:
    asks = a_campaign(on_deadline=OnDeadline.REVOKE)
    assert not asks.revokes_now, "its alert first"
    assert asks.with_deadline_reported(NOW + DAY).revokes_now
    assert not a_campaign().with_deadline_reported(NOW + DAY).revokes_now


def test_its_worker_looks_often_at_first_and_never_past_the_deadline() -> None:
    campaign = a_campaign(counts={ItemState.FOUND: 1})
    assert campaign.wait(NOW) == timedelta(seconds=30)
    assert campaign.wait(NOW + timedelta(hours=2)) == timedelta(minutes=5)
    assert campaign.wait(NOW + DAY - timedelta(seconds=10)) == timedelta(seconds=10)
    assert campaign.wait(NOW + DAY) == timedelta()
    assert campaign.with_deadline_reported(NOW + DAY).wait(NOW + DAY) == timedelta(minutes=5)
    assert replace(campaign, state=CampaignState.PAUSED).wait(NOW) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("selection", "fields", "is_covered"),
    [
        ({"profile_id": "server"}, {}, True),
        ({"profile_id": "mtls"}, {}, False),
        ({"certificate_ids": ("mc-1",)}, {}, True),
        ({"certificate_ids": ("mc-2",)}, {}, False),
        ({"certificate_ids": ("mc-1",), "profile_id": "mtls"}, {}, False),
        ({"agent_id": "a-1"}, {"target_ids": ("t-1", "t-9")}, True),
        ({"agent_id": "a-1"}, {"target_ids": ("t-9",)}, False),
        ({"spki_sha256": "aa"}, {"lifecycle": Lifecycle.ON_HOLD}, True),
        ({"spki_sha256": "aa"}, {"lifecycle": Lifecycle.REVOKED}, False),
        ({"spki_sha256": "aa"}, {"lifecycle": Lifecycle.ARCHIVED}, False),
    ],
)
def test_all_filters_of_a_selection_must_match(
    selection: dict[str, Any], fields: dict[str, Any], is_covered: bool
) -> None:
    record = certificate("mc-1", NOW, **fields)
    assert CampaignSelection(**selection).covers(record, frozenset({"t-1"})) is is_covered
