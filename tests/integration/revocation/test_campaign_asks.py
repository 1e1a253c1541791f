"""Owners are alerted that a campaign needs their CSR: once, until it needs the CSR no more."""

from dataclasses import replace

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.domain.times import in_words
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.revocation.campaign_asks import CampaignAskStore
from tests.integration.revocation.test_campaigns import answered, items, next_round, worked
from tests.support.costs.write_units import metered
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane

TOLD = [channel.channel_id for channel in CHANNELS]


def running(
    plane: ControlPlane, certificate: Certificate, on_deadline: OnDeadline = OnDeadline.ALERT
) -> Campaign:
    plane.channels = CHANNELS
    chosen = CampaignSelection(certificate_ids=(certificate.id,))
    wanted = NewCampaign(chosen, "keyCompromise", on_deadline, 1, confirm=1)
    return worked(plane, plane.campaigns.start(ADMIN, wanted))


def told(plane: ControlPlane, action: str) -> list[Notification]:
    """The alerts of this action, one for each channel."""
    found = NotificationStore(plane.pki.database).get_many([each.id for each in plane.notification_nudges])
    wanted = (NotificationType.REPLACEMENT_NEEDED, action)
    return [row for row in found if (row.type, row.action) == wanted]


def test_the_owner_is_alerted_once_that_a_csr_is_needed(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")

    campaign = running(plane, certificate, OnDeadline.REVOKE)
    next_round(plane, campaign)

    alerts = told(plane, "trigger")
    assert sorted(row.channel_id for row in alerts) == sorted(TOLD)
    (text,) = {row.message for row in alerts}
    assert "certctl certs csr" in text
    assert campaign.deadline is not None
    assert f"www.example.com by {in_words(campaign.deadline)}. The old version is revoked then" in text
    about = {(row.type, row.severity, row.certificate_id, row.facts.owner_id) for row in alerts}
    assert about == {(NotificationType.REPLACEMENT_NEEDED, "critical", certificate.id, certificate.owner_id)}


def test_it_is_resolved_once_the_new_version_is_issued(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    campaign = running(plane, certificate)

    answered(plane, certificate.id)
    next_round(plane, campaign)

    assert {row.dedup_key for row in told(plane, "resolve")} == {
        row.dedup_key for row in told(plane, "trigger")
    }
    assert len(told(plane, "resolve")) == len(TOLD)


def test_it_is_resolved_when_the_campaign_is_cancelled(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    campaign = running(plane, certificate)
    plane.campaigns.cancel(ADMIN, campaign.id)

    worked(plane, campaign)

    assert len(told(plane, "resolve")) == len(TOLD)


def test_it_is_resolved_at_the_end_if_a_worker_stopped_before_it_stored_that_it_had_asked(
    plane: ControlPlane,
) -> None:
    certificate = plane.issued("www.example.com")
    campaign = running(plane, certificate)
    answered(plane, certificate.id)
    next_round(plane, campaign)
    asks = CampaignAskStore(plane.pki.database)
    plane.pki.database.transact([asks.begin_step(campaign, certificate.id)])
    plane.notification_nudges.clear()

    plane.campaigns.verify(ADMIN, campaign.id, certificate.id)
    ended = worked(plane, campaign)

    assert ended.state is CampaignState.COMPLETED
    assert len(told(plane, "resolve")) == len(TOLD)
    assert asks.first(campaign.id, 1) == []


def test_an_alert_and_its_end_cost_2_write_units_each_beside_their_notifications(plane: ControlPlane) -> None:
    campaign = running(plane, plane.issued("www.example.com"))
    (asked,) = items(plane, campaign)
    unasked = replace(asked, is_asked=False)
    asks = plane.signing_worker().campaigns.acts.asks

    with metered(plane.pki.database.client) as at_end:
        asks.following(campaign, asked, asked.becoming(ItemState.SKIPPED, plane.pki.clock()))
    with metered(plane.pki.database.client) as at_start:
        asks.following(campaign, replace(unasked, job_id=None), unasked)

    assert at_end.by_table == at_start.by_table == {"state": 2, "notifications": 10}
