"""A campaign over 200 certificates of ACME clients, one of which does not look for renewal windows, with a
clock that is moved, and real orders on a database that judges like the real one."""

from datetime import timedelta
from random import Random

import pytest

from certctl.domain.revocation.campaign_items import CLIENT, CampaignItem
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import CampaignState, ItemState
from certctl.services.acme.renewal_info import RenewalInfo
from certctl.store.revocation.campaigns import CampaignStore
from tests.support.acme.orders import new_client
from tests.support.acme.renewing import Renewing, renewal_info
from tests.support.authorities.authority import new_authority
from tests.support.authorities.pki import Pki
from tests.support.authorities.signing_rows import key_arn, lay_down_authorities
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ADMIN, ControlPlane

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(600), pytest.mark.slow]
ISSUER, SITES, DEADLINE = "iss-local", 200, 24
LOOKS_EVERY = timedelta(hours=3)


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    """With a CA that signs."""
    database, clock, made = new_database(endpoint), Clock(), new_authority()
    lay_down_authorities(database, {ISSUER: made}, clock())
    return ControlPlane(Pki(database, None, clock, {key_arn(ISSUER): made.issuing_key}))


def worked(plane: ControlPlane, campaign: Campaign) -> Campaign:
    """Turns of the worker until nothing is due."""
    while True:
        due = plane.job(campaign.job_id).due.due_at
        if due is None or due > plane.pki.clock():
            return plane.campaigns.get(campaign.id)
        plane.signing().process(campaign.job_id)


def items(plane: ControlPlane, campaign: Campaign) -> list[CampaignItem]:
    return CampaignStore(plane.pki.database).items_after(campaign.id, "", SITES)


def looked(sites: list[Renewing], info: RenewalInfo, plane: ControlPlane) -> int:
    """How many renew in this round, before they look again."""
    return sum(site.look(info, plane.pki.clock() + LOOKS_EVERY) for site in sites)


def test_a_campaign_replaces_what_200_acme_clients_have(plane: ControlPlane) -> None:
    client = new_client(plane)
    seeds = [Random(number) for number in range(SITES)]  # noqa: S311  # the same each time
    sites = [Renewing(client, f"c{number}.example.com", seeds[number]) for number in range(SITES)]
    sites[0].reads_windows = False
    old = {site.certificate_id: plane.certificate(site.certificate_id).serial_number for site in sites}
    assert len(old) == SITES
    info = renewal_info(plane)
    assert looked(sites, info, plane) == 0

    chosen = CampaignSelection(certificate_ids=tuple(sorted(old)))
    wanted = NewCampaign(chosen, "superseded", deadline_hours=DEADLINE, confirm=SITES)
    campaign = worked(plane, plane.campaigns.start(ADMIN, wanted))
    plane.pki.clock.advance(timedelta(seconds=1))  # what is ordered in the second of the confirmation is old
    moved = {plane.certificate(each).ari_end for each in old}
    assert moved == {campaign.window_until(plane.pki.clock()).replace(microsecond=0)}
    urls = {site.advice(info).window.end for site in sites}
    assert urls == moved

    renewed = 0
    while plane.pki.clock() < campaign.window_until(campaign.created_at):
        renewed += looked(sites, info, plane)
        plane.pki.clock.advance(LOOKS_EVERY)
        campaign = worked(plane, campaign)
    assert renewed == SITES - 1
    plane.pki.clock.advance(timedelta(hours=2))
    campaign = worked(plane, campaign)

    assert campaign.state is CampaignState.RUNNING
    assert campaign.counts == {ItemState.REVOKED: SITES - 1, ItemState.REKEYING: 1}
    assert [each.certificate_id for each in items(plane, campaign) if each.missed_window] == [
        sites[0].certificate_id
    ]
    done = [each for each in items(plane, campaign) if each.state is ItemState.REVOKED]
    assert {each.verified_by for each in done} == {CLIENT}
    for each in done:
        versions = plane.stores.certificates.unexpired_versions(each.certificate_id, plane.pki.clock())
        assert set(plane.stores.marks_of(versions)) == {old[each.certificate_id]}

    sites[0].renew()
    campaign = worked(plane, campaign)
    plane.pki.clock.advance(timedelta(hours=2))
    assert worked(plane, campaign).state is CampaignState.COMPLETED
