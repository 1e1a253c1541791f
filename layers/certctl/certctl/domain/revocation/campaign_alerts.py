"""Alerts of campaigns: a deadline that was missed, and a campaign that has failed."""

from certctl.domain.durations import counted
from certctl.domain.notifications.alerts import Alert
from certctl.domain.revocation.alerts import decision_alert
from certctl.domain.revocation.campaign_items import ItemState
from certctl.domain.revocation.campaigns import Campaign, CampaignState, OnDeadline


def deadline_alert(campaign: Campaign) -> Alert:
    """One incident a campaign, routed as alerts of the whole stack."""
    incident, title = f"campaign/{campaign.id}", "The deadline of a campaign has passed"
    return decision_alert(incident, campaign.job_id, title, _deadline_message(campaign))


def failure_alert(campaign: Campaign) -> Alert:
    """`campaign` has failed."""
    message = (
        f"The campaign {campaign.id} (reason {campaign.reason}) was stopped: {campaign.error}. "
        f"{_left(campaign)} of {campaign.total} still have old versions in force. "
        "Look at its items, and start another one for them."
    )
    incident = f"campaign-failed/{campaign.id}"
    return decision_alert(incident, campaign.job_id, "A campaign was stopped", message)


def _deadline_message(campaign: Campaign) -> str:
    of_all = f"{_left(campaign)} of {campaign.total} in the campaign {campaign.id}"
    left = f"{of_all} still have old versions in force."
    if campaign.state is CampaignState.PAUSED:
        return f"{left} It is paused: nothing is done until it is resumed."
    if campaign.on_deadline is OnDeadline.REVOKE:
        return f"{left} These are revoked now, whatever still serves them."
    return f"{left} It goes on; nothing is revoked before its replacement is verified."


def _left(campaign: Campaign) -> str:
    left = campaign.open_items + campaign.counts.get(ItemState.FAILED, 0)
    return counted(left, "certificate")
