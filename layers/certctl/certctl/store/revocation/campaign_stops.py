"""Whether a campaign is stopped, in as many rows as counters have: acts for certificates depend on them.

The transaction of each act checks one row, so that no act is committed after a pause or a cancellation was.
The campaign's own row would do, but acts are done in parallel: transactions that check the same row conflict.
"""

from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.revocation.campaigns import Campaign, CampaignStopped
from certctl.domain.revocation.states import CampaignState
from certctl.store.items import StateItem
from certctl.store.keys import campaign_stops, counter_row
from certctl.store.writes import Write, check, put


def stop_steps(before: Campaign, after: Campaign) -> list[Write]:
    """Marks a campaign as stopped in the transaction that stops or resumes it. Without a row it is not
    stopped."""
    was_working, works = (each.state is CampaignState.RUNNING for each in (before, after))
    if was_working == works or before.state not in (CampaignState.RUNNING, CampaignState.PAUSED):
        return []
    return [put(_row(after, shard, not works)) for shard in range(COUNTER_SHARDS)]


def not_stopped_step(campaign: Campaign, certificate_id: str) -> Write:
    """Raises CampaignStopped."""
    row = StateItem(campaign_stops(campaign.id), counter_row(shard_of(certificate_id, COUNTER_SHARDS)))
    goes_on = StateItem.kind.does_not_exist() | (StateItem.amount == 0)
    return check(row, goes_on, CampaignStopped(campaign.id))


def _row(campaign: Campaign, shard: int, is_stopped: bool) -> StateItem:
    return StateItem(
        campaign_stops(campaign.id),
        counter_row(shard),
        amount=int(is_stopped),
        delete_after=int(campaign.kept_until.timestamp()),
    )
