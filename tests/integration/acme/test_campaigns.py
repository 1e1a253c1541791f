"""Campaigns over certificates that ACME clients renew, each function with its own permissions."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.notifications.statuses import Action, NotificationType
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.store.revocation.campaigns import CampaignStore
from tests.support.acme.orders import AcmeClient, client_of, eab_key, new_client, service_account
from tests.support.acme.renewing import Renewing, renewal_info
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.renewal.renewals import alerts_of
from tests.support.revocation.bulk import events_of

HOUR = timedelta(hours=1)


@pytest.fixture
def site(client: AcmeClient) -> Renewing:
    return Renewing(client, "www.example.com")


def started(plane: ControlPlane, site: Renewing, reason: str = "superseded", **fields: Any) -> Campaign:
    selection = CampaignSelection(**fields.pop("selection", {"certificate_ids": (site.certificate_id,)}))
    campaign = plane.campaigns.start(ADMIN, NewCampaign(selection, reason, confirm=1, **fields))
    running = turned(plane, campaign)
    plane.pki.clock.advance(timedelta(seconds=1))  # what is ordered in the second of the confirmation is old
    return running


def turned(plane: ControlPlane, campaign: Campaign, later: timedelta = timedelta()) -> Campaign:
    """After a turn of the campaign's worker, so much later and once it is due."""
    clock = plane.pki.clock
    clock.advance(later)
    due = plane.job(campaign.job_id).due.due_at
    clock.time = max(clock.time, due or clock.time)
    plane.signing().process(campaign.job_id)
    return plane.campaigns.get(campaign.id)


def item_of(plane: ControlPlane, campaign: Campaign) -> CampaignItem:
    (item,) = CampaignStore(plane.pki.database).items_after(campaign.id, "", 10)
    return item


def revoked(plane: ControlPlane, site: Renewing) -> list[str]:
    versions = plane.stores.certificates.unexpired_versions(site.certificate_id, plane.pki.clock())
    return sorted(plane.stores.marks_of(versions))


def test_the_campaign_moves_the_window_and_the_client_replaces_the_version(
    plane: ControlPlane, site: Renewing
) -> None:
    old = plane.certificate(site.certificate_id)
    campaign = started(plane, site)
    assert item_of(plane, campaign).state is ItemState.REKEYING
    moved = plane.certificate(site.certificate_id)
    assert moved.open_job_id is None
    assert campaign.confirmed_at is not None
    assert (moved.ari_start, moved.ari_end) == (
        campaign.confirmed_at.replace(microsecond=0),
        campaign.confirmed_at.replace(microsecond=0) + 6 * HOUR,
    )
    (event,) = events_of(plane, "certificate", site.certificate_id, "certificate_window_moved")
    assert (event["actor"], event["details"]["job_id"]) == (ADMIN.key_id, campaign.job_id)

    assert site.look(renewal_info(plane), campaign.confirmed_at + 6 * HOUR)
    campaign = turned(plane, campaign)
    assert item_of(plane, campaign).state is ItemState.DEPLOYED
    assert revoked(plane, site) == []
    assert not site.look(renewal_info(plane), plane.pki.clock() + 24 * HOUR)

    campaign = turned(plane, campaign, HOUR)
    assert (item_of(plane, campaign).verified_by, campaign.state) == ("acme", CampaignState.COMPLETED)
    assert revoked(plane, site) == [old.serial_number]
    assert plane.privileges.refused == []


def test_a_person_may_verify_sooner(plane: ControlPlane, site: Renewing) -> None:
    campaign = started(plane, site)
    site.renew()
    campaign = turned(plane, campaign)
    plane.campaigns.verify(ADMIN, campaign.id, site.certificate_id)
    assert turned(plane, campaign).state is CampaignState.COMPLETED


def test_after_a_compromise_an_order_with_the_old_key_is_refused_and_one_with_a_new_key_counts(
    plane: ControlPlane, client: AcmeClient
) -> None:
    site = Renewing(client, "www.example.com", reuses_key=True)
    campaign = started(plane, site, "keyCompromise")
    with pytest.raises(AcmeProblem) as refused:
        site.renew()
    assert refused.value.type is ProblemType.BAD_CSR
    assert item_of(plane, turned(plane, campaign)).state is ItemState.REKEYING
    site.reuses_key = False
    site.renew()
    assert item_of(plane, turned(plane, campaign)).state is ItemState.DEPLOYED


def test_a_version_with_the_same_key_counts_in_a_campaign_that_is_not_about_keys(
    plane: ControlPlane, client: AcmeClient
) -> None:
    site = Renewing(client, "www.example.com", reuses_key=True)
    campaign = started(plane, site)
    site.renew()
    assert item_of(plane, turned(plane, campaign)).state is ItemState.DEPLOYED


def test_a_client_that_reuses_a_key_that_has_to_go_is_awaited_and_its_window_is_moved_once(
    plane: ControlPlane, client: AcmeClient
) -> None:
    site = Renewing(client, "www.example.com", reuses_key=True)
    version, *_ = plane.stores.certificates.unexpired_versions(site.certificate_id, plane.pki.clock())
    campaign = started(plane, site, selection={"spki_sha256": version.spki_sha256})
    site.renew()
    campaign = turned(plane, campaign)
    assert item_of(plane, campaign).state is ItemState.REKEYING
    assert not site.look(renewal_info(plane), plane.pki.clock() + 24 * HOUR)


def test_a_client_that_does_not_look_for_windows_is_listed_and_its_owner_is_alerted_once(
    plane: ControlPlane,
) -> None:
    plane.channels = CHANNELS
    site = Renewing(new_client(plane), "www.example.com", reads_windows=False)
    campaign = turned(plane, started(plane, site), 7 * HOUR)
    item = item_of(plane, campaign)
    assert (item.state, item.missed_window) == (ItemState.REKEYING, True)
    sent = alerts_of(plane, site.certificate_id)
    assert {(each.channel, each.type, each.subject) for each in sent} == {
        (channel, NotificationType.REPLACEMENT_NEEDED, "ACME client of www.example.com has to renew")
        for channel in ("Slack", "Webhook")
    }
    turned(plane, campaign, HOUR)
    assert len(alerts_of(plane, site.certificate_id)) == len(sent)
    site.renew()
    turned(plane, campaign)
    ended = [each for each in alerts_of(plane, site.certificate_id) if each.action is Action.RESOLVE]
    assert {each.dedup_key for each in ended} == {sent[0].dedup_key}


def test_at_the_deadline_of_a_compromise_the_version_is_revoked_whatever_its_client_does(
    plane: ControlPlane, client: AcmeClient
) -> None:
    site = Renewing(client, "www.example.com", reads_windows=False)
    serial = plane.certificate(site.certificate_id).serial_number
    campaign = started(plane, site, "keyCompromise", on_deadline=OnDeadline.REVOKE)
    campaign = turned(plane, turned(plane, campaign, 12 * HOUR), 13 * HOUR)
    assert (campaign.state, item_of(plane, campaign).state) == (CampaignState.COMPLETED, ItemState.REVOKED)
    assert revoked(plane, site) == [serial]


@pytest.fixture
def sharing(plane: ControlPlane) -> tuple[Renewing, Renewing]:
    """Two clients with accounts of their own, whose orders for the same names renew one record."""
    subject = service_account(plane)
    key = eab_key(plane, subject)
    first, second = (Renewing(client_of(plane, key, subject), "www.example.com") for _ in range(2))
    assert first.certificate_id == second.certificate_id
    plane.pki.clock.advance(timedelta(seconds=1))
    return first, second


def test_of_two_clients_on_one_record_none_s_version_is_revoked_before_both_have_theirs(
    plane: ControlPlane, sharing: tuple[Renewing, Renewing]
) -> None:
    first, second = sharing
    old = sorted(
        each.serial_number
        for each in plane.stores.certificates.unexpired_versions(first.certificate_id, plane.pki.clock())
    )
    campaign = started(plane, first)
    assert campaign.confirmed_at is not None
    end, info = campaign.confirmed_at + 6 * HOUR, renewal_info(plane)
    windows = [site.advice(info).window for site in sharing]
    assert windows[0] == windows[1]

    plane.pki.clock.advance(HOUR)
    assert first.look(info, end)
    campaign = turned(plane, campaign)
    item = item_of(plane, campaign)
    assert (item.state, item.awaited_accounts) == (ItemState.REKEYING, (second.client.caller.account.id,))
    advice = second.advice(info)
    assert advice.window == windows[1]
    assert first.advice(info).window.start > end
    campaign = turned(plane, campaign, 30 * HOUR)
    assert (item_of(plane, campaign).missed_window, revoked(plane, first)) == (True, [])

    second.renew()
    campaign = turned(plane, campaign)
    assert (item_of(plane, campaign).state, revoked(plane, first)) == (ItemState.DEPLOYED, [])
    campaign = turned(plane, campaign, HOUR)
    assert (campaign.state, revoked(plane, first)) == (CampaignState.COMPLETED, old)
    assert plane.privileges.refused == []


def test_a_person_may_say_that_a_client_which_is_gone_needs_no_other(
    plane: ControlPlane, sharing: tuple[Renewing, Renewing]
) -> None:
    first, _ = sharing
    campaign = started(plane, first)
    first.renew()
    campaign = turned(plane, campaign)
    assert item_of(plane, campaign).state is ItemState.REKEYING
    plane.campaigns.verify(ADMIN, campaign.id, first.certificate_id)
    assert turned(plane, campaign).state is CampaignState.COMPLETED


def test_a_cancelled_campaign_stores_that_the_window_was_moved(plane: ControlPlane, site: Renewing) -> None:
    campaign = started(plane, site)
    plane.campaigns.cancel(ADMIN, campaign.id)
    turned(plane, campaign)
    assert item_of(plane, campaign).state is ItemState.REKEYING
    assert plane.certificate(site.certificate_id).ari_campaign_id == campaign.id
