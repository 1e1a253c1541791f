"""Keys that a campaign replaces: after a compromise they are refused from its confirmation."""

from dataclasses import replace

import pytest

from certctl.crypto.fingerprints import spki_sha256
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import CsrRejected
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import CampaignState, KeyRefusal
from certctl.store.revocation.campaigns import CampaignStore
from certctl.store.revocation.working_campaigns import WorkingCampaigns
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.revocation.bulk import events_of

KEY = new_key()
SPKI = spki_sha256(KEY.public_key())


def with_key(plane: ControlPlane, name: str = "www.example.com") -> Certificate:
    return plane.issued(name, csr_pem=csr_pem(name, [], KEY))


def found(plane: ControlPlane, reason: str = "keyCompromise", **selection: object) -> Campaign:
    """A dry run that awaits its confirmation."""
    chosen = CampaignSelection(**selection)  # type: ignore[arg-type]  # of the tests
    campaign = plane.campaigns.start(ADMIN, NewCampaign(chosen, reason))
    plane.signing().process(campaign.job_id)
    return plane.campaigns.get(campaign.id)


def confirmed(plane: ControlPlane, dry: Campaign) -> Campaign:
    """Before its worker does anything."""
    return plane.campaigns.confirm(ADMIN, dry.id, dry.total)


def refusal(plane: ControlPlane, spki: str = SPKI) -> tuple[KeyRefusal | None, str | None]:
    standing = plane.stores.refused_keys.standing_of(spki)
    return standing.refusal, standing.campaign_id


def test_the_key_of_a_dry_run_is_not_refused_yet(plane: ControlPlane) -> None:
    with_key(plane)
    found(plane, spki_sha256=SPKI)
    assert refusal(plane) == (None, None)
    assert with_key(plane, "api.example.com").serial_number is not None


def test_a_selected_key_is_refused_in_the_transaction_that_confirms(plane: ControlPlane) -> None:
    with_key(plane)

    campaign = confirmed(plane, found(plane, spki_sha256=SPKI))

    assert refusal(plane) == (KeyRefusal.COMPROMISED, campaign.id)
    with pytest.raises(CsrRejected) as refused:
        with_key(plane, "api.example.com")
    assert "list of compromised keys" in refused.value.reasons
    (event,) = events_of(plane, "campaign", campaign.id, "campaign_confirmed")
    assert event["details"]["refused_keys"] == [SPKI]


def test_a_request_from_before_the_confirmation_is_not_signed_after_it(plane: ControlPlane) -> None:
    with_key(plane)
    dry = found(plane, spki_sha256=SPKI)
    late = plane.requested("late.example.com", csr_pem=csr_pem("late.example.com", [], KEY))

    confirmed(plane, dry)
    plane.signing().process(late.job.id)

    assert plane.certificate(late.certificate.id).serial_number is None


def test_a_number_that_came_with_the_request_refuses_the_key_too(plane: ControlPlane) -> None:
    with_key(plane)
    wanted = NewCampaign(CampaignSelection(spki_sha256=SPKI), "keyCompromise", confirm=1)
    campaign = plane.campaigns.start(ADMIN, wanted)
    plane.signing().process(campaign.job_id)
    assert refusal(plane) == (KeyRefusal.COMPROMISED, campaign.id)


def test_keys_that_the_selection_does_not_name_are_refused_before_anything_else(plane: ControlPlane) -> None:
    certificate = with_key(plane)
    campaign = confirmed(plane, found(plane, certificate_ids=(certificate.id,)))
    plane.campaigns.pause(ADMIN, campaign.id)

    plane.signing().process(campaign.job_id)

    assert refusal(plane) == (KeyRefusal.COMPROMISED, campaign.id)
    assert plane.certificate(certificate.id).open_job_id is None
    (event,) = events_of(plane, "campaign", campaign.id, "campaign_keys_refused")
    assert event["details"]["refused_keys"] == [SPKI]


def test_more_keys_than_a_transaction_takes_are_all_refused(plane: ControlPlane) -> None:
    certificate = with_key(plane)
    dry = found(plane, certificate_ids=(certificate.id,))
    keys = tuple(f"{number:064x}" for number in range(120))
    store = CampaignStore(plane.pki.database)
    (item,) = store.items_after(dry.id, "", 2)
    plane.pki.database.transact(store.item_steps(dry, [replace(item, old_keys=keys)]))

    campaign = confirmed(plane, dry)
    plane.signing().process(campaign.job_id)

    assert {refusal(plane, key) for key in keys} == {(KeyRefusal.COMPROMISED, campaign.id)}


def test_a_cancelled_campaign_takes_no_key_off_the_list(plane: ControlPlane) -> None:
    with_key(plane)
    campaign = confirmed(plane, found(plane, spki_sha256=SPKI))
    plane.campaigns.cancel(ADMIN, campaign.id)
    assert refusal(plane) == (KeyRefusal.COMPROMISED, campaign.id)


def test_a_key_is_not_refused_for_another_reason(plane: ControlPlane) -> None:
    certificate = with_key(plane)
    campaign = confirmed(plane, found(plane, "superseded", spki_sha256=SPKI))
    of_ids = confirmed(plane, found(plane, "superseded", certificate_ids=(certificate.id,)))
    for each in (campaign, of_ids):
        plane.signing().process(each.job_id)
    assert refusal(plane) == (None, campaign.id)


def test_a_campaign_that_an_earlier_release_confirmed_refuses_its_keys_in_its_next_turn(
    plane: ControlPlane,
) -> None:
    certificate = with_key(plane)
    running = confirmed(plane, found(plane, certificate_ids=(certificate.id,)))
    _as_an_earlier_release_stored(plane, running)

    plane.signing().process(running.job_id)

    assert refusal(plane) == (KeyRefusal.COMPROMISED, running.id)
    assert WorkingCampaigns(plane.pki.database).ids() == [running.id]


def _as_an_earlier_release_stored(plane: ControlPlane, campaign: Campaign) -> None:
    """Without the position of its keys, and on no list."""
    client = plane.pki.database.client
    key = {"kind": {"S": "campaign"}, "id": {"S": campaign.id}}
    row = client.get_item(TableName="state", Key=key)["Item"]
    row["body"]["S"] = row["body"]["S"].replace(',"keys_position":""', "")
    assert "keys_position" not in row["body"]["S"]
    client.put_item(TableName="state", Item=row)
    listed = {"kind": {"S": "campaigns_working"}, "id": {"S": "all"}}
    client.delete_item(TableName="state", Key=listed)


def test_a_campaign_is_listed_from_its_confirmation_to_its_end(plane: ControlPlane) -> None:
    with_key(plane)
    working = WorkingCampaigns(plane.pki.database)
    dry = found(plane, spki_sha256=SPKI)
    assert working.ids() == []
    campaign = confirmed(plane, dry)
    plane.campaigns.pause(ADMIN, campaign.id)
    assert working.ids() == [campaign.id]
    ended = plane.campaigns.cancel(ADMIN, campaign.id)
    assert (ended.state, working.ids()) == (CampaignState.CANCELLED, [])
