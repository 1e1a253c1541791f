"""Rows of campaigns and their items: as they were stored, guarded by one revision, in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign, new_campaign
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import CAMPAIGN, campaign_items
from certctl.store.paging import Stage, walk
from certctl.store.revocation.campaigns import CampaignStore
from tests.support.clock import Clock


@pytest.fixture
def campaigns(database: Database) -> CampaignStore:
    return CampaignStore(database)


@pytest.fixture
def clock() -> Clock:
    """At a whole second: rows have no parts of it."""
    clock = Clock()
    clock.time = datetime(2026, 11, 24, 12, tzinfo=UTC)
    return clock


def stored(campaigns: CampaignStore, database: Database, clock: Clock) -> Campaign:
    selection = CampaignSelection(certificate_ids=("mc-1", "mc-2"), algorithm="RSA")
    wanted = NewCampaign(selection, "keyCompromise", OnDeadline.REVOKE, 12, confirm=2)
    campaign = new_campaign(wanted, "user-1", clock())
    database.transact([campaigns.create_step(campaign)])
    return campaign


def an_item(certificate_id: str, clock: Clock) -> CampaignItem:
    return CampaignItem(certificate_id, "web", "t-1", ("01", "02"), ("aa",), clock())


def test_a_campaign_is_read_as_it_was_stored(
    campaigns: CampaignStore, database: Database, clock: Clock
) -> None:
    before = stored(campaigns, database, clock)
    after = before.found([an_item("mc-1", clock), an_item("mc-2", clock)], None, clock())
    after = after.with_deadline_reported(clock()).cancelled("enough", clock())
    database.transact(campaigns.save_steps(before, after))
    assert campaigns.get(before.id) == after
    assert campaigns.get_many([before.id, "cmp-none"]) == [after]
    assert campaigns.get("cmp-none") is None


def test_an_item_is_read_as_it_was_stored(campaigns: CampaignStore, database: Database, clock: Clock) -> None:
    campaign = stored(campaigns, database, clock)
    item = replace(
        an_item("mc-1", clock), state=ItemState.FAILED, new_serial="03", job_id="job-1", rekeys=2, error="no"
    )
    database.transact(campaigns.item_steps(campaign, [item]))
    assert campaigns.item(campaign.id, "mc-1") == item
    assert campaigns.items(campaign.id, ["mc-9", "mc-1"]) == [item]
    assert campaigns.item(campaign.id, "mc-9") is None


def test_items_stand_in_the_order_of_their_certificates(
    campaigns: CampaignStore, database: Database, clock: Clock
) -> None:
    campaign, other = (stored(campaigns, database, clock) for _ in range(2))
    ids = [f"mc-{number}" for number in range(5)]
    database.transact(campaigns.item_steps(campaign, [an_item(i, clock) for i in reversed(ids)]))
    database.transact(campaigns.item_steps(other, [an_item("mc-z", clock)]))

    def page(after: str, limit: int) -> list[str]:
        return [item.certificate_id for item in campaigns.items_after(campaign.id, after, limit)]

    assert (page("", 3), page("mc-2", 3), page("mc-4", 3)) == (ids[:3], ids[3:], [])
    assert ids_of(campaigns.in_order(campaign.id)) == ids


def test_a_step_is_refused_once_the_campaign_has_changed(
    campaigns: CampaignStore, database: Database, clock: Clock
) -> None:
    before = stored(campaigns, database, clock)
    paused = replace(before, state=CampaignState.PAUSED, revision=before.revision + 1)
    database.transact(campaigns.save_steps(before, paused))
    late = before.found([an_item("mc-1", clock)], None, clock())
    for steps in (
        [*campaigns.save_steps(before, late), *campaigns.item_steps(late, [an_item("mc-1", clock)])],
        [campaigns.unchanged_step(before), *campaigns.item_steps(late, [an_item("mc-1", clock)])],
    ):
        with pytest.raises(ChangedMeanwhile):
            database.transact(steps)
    assert campaigns.get(before.id) == paused
    assert campaigns.item(before.id, "mc-1") is None


def test_campaigns_are_listed_newest_first(
    campaigns: CampaignStore, database: Database, clock: Clock
) -> None:
    made = []
    for _ in range(3):
        made.append(stored(campaigns, database, clock).id)
        clock.advance(timedelta(seconds=1))
    assert ids_of(campaigns.newest_first()) == made[::-1]


def test_rows_end_some_time_after_the_campaign(
    campaigns: CampaignStore, database: Database, clock: Clock
) -> None:
    campaign = stored(campaigns, database, clock)
    database.transact(campaigns.item_steps(campaign, [an_item("mc-1", clock)]))
    places = [(CAMPAIGN, campaign.id), (campaign_items(campaign.id), "mc-1")]
    ends = {row.delete_after for row in database.batch_get(StateItem, places)}
    assert ends == {int((campaign.created_at + timedelta(days=400)).timestamp())}


def ids_of(stages: list[Stage]) -> list[str]:
    """Two at a time."""
    ids, position = [], None
    while True:
        walked = walk(stages, position, 2)
        ids += [found.id for found in walked.found]
        if walked.next is None:
            return ids
        position = walked.next
