"""A campaign from its dry run to its end, over a control plane whose functions have their own permissions."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.revocation.campaign_items import CampaignItem, ItemFilter
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.services.revocation.campaigns import Campaigns
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.revocation.campaigns import CampaignStore
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import narrow_profile
from tests.support.revocation.bulk import events_of, fleet_of
from tests.support.revocation.interruptions import Killed

ROUND = timedelta(seconds=30)


def started(plane: ControlPlane, confirm: int | None = None, **fields: Any) -> Campaign:
    reason = fields.pop("reason", "superseded")
    settings = {name: fields.pop(name) for name in ("on_deadline", "deadline_hours") if name in fields}
    wanted = NewCampaign(CampaignSelection(**fields), reason, confirm=confirm, **settings)
    campaign = plane.campaigns.start(ADMIN, wanted)
    return worked(plane, campaign)


def of_ids(plane: ControlPlane, certificates: list[Certificate], **fields: Any) -> Campaign:
    ids = tuple(sorted(certificate.id for certificate in certificates))
    return started(plane, len(ids), certificate_ids=ids, **fields)


def worked(plane: ControlPlane, campaign: Campaign) -> Campaign:
    """After one turn of its worker, as its first nudge or the end of its wait starts it."""
    plane.job_nudges.clear()
    plane.signing().process(campaign.job_id)
    return plane.campaigns.get(campaign.id)


def next_round(plane: ControlPlane, campaign: Campaign) -> Campaign:
    plane.pki.clock.advance(plane.campaigns.get(campaign.id).wait(plane.pki.clock()))
    return worked(plane, campaign)


def items(plane: ControlPlane, campaign: Campaign) -> list[CampaignItem]:
    return CampaignStore(plane.pki.database).items_after(campaign.id, "", 100)


def states(plane: ControlPlane, campaign: Campaign) -> list[str]:
    return [item.state.value for item in items(plane, campaign)]


def answered(plane: ControlPlane, certificate_id: str) -> None:
    """The owner sends the CSR that the rekey awaits, with a new key, and it is signed."""
    certificate = plane.certificate(certificate_id)
    pem = csr_pem(certificate.common_name, [], new_key())
    plane.signing_requests.submit(ADMIN, certificate_id, pem)
    plane.signing().process(str(certificate.open_job_id))


def revoked_serials(plane: ControlPlane, certificate_id: str) -> list[str]:
    versions = plane.stores.certificates.unexpired_versions(certificate_id, plane.pki.clock())
    return sorted(plane.stores.marks_of(versions))


def test_a_dry_run_finds_and_changes_nothing(plane: ControlPlane) -> None:
    made = fleet_of(plane, 2)

    dry = started(plane, profile_id="server")

    assert (dry.state, dry.total, states(plane, dry)) == (CampaignState.UNCONFIRMED, 2, ["found"] * 2)
    assert [plane.certificate(certificate.id) for certificate in made] == made
    assert plane.job(dry.job_id).type is JobType.CAMPAIGN


def test_the_count_of_the_dry_run_starts_it_and_no_other(plane: ControlPlane) -> None:
    fleet_of(plane, 2)
    dry = started(plane, 3, profile_id="server")
    with pytest.raises(InvalidInput, match="found 2 certificates"):
        plane.campaigns.confirm(ADMIN, dry.id, 3)

    plane.campaigns.confirm(ADMIN, dry.id, 2)
    running = worked(plane, dry)

    assert (running.state, states(plane, running)) == (CampaignState.RUNNING, ["rekeying"] * 2)


def test_a_key_is_replaced_before_its_old_version_is_revoked(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    campaign = of_ids(plane, [certificate], reason="keyCompromise")
    assert states(plane, campaign) == ["rekeying"]

    answered(plane, certificate.id)
    campaign = next_round(plane, campaign)
    assert states(plane, campaign) == ["deployed"]
    assert revoked_serials(plane, certificate.id) == []

    plane.campaigns.verify(ADMIN, campaign.id, certificate.id)
    campaign = worked(plane, campaign)

    assert (campaign.state, campaign.counts) == (CampaignState.COMPLETED, {ItemState.REVOKED: 1})
    assert plane.job(campaign.job_id).status is JobStatus.COMPLETED
    assert revoked_serials(plane, certificate.id) == [certificate.serial_number]
    after = plane.certificate(certificate.id)
    assert (after.lifecycle.value, after.serial_number != certificate.serial_number) == ("Active", True)


def test_its_events_tell_who_did_what(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    campaign = of_ids(plane, [certificate])
    answered(plane, certificate.id)
    next_round(plane, campaign)
    plane.campaigns.verify(ADMIN, campaign.id, certificate.id)
    worked(plane, campaign)

    told = ("requested", "found", "item_verified", "completed")
    for action in told:
        (event,) = events_of(plane, "campaign", campaign.id, f"campaign_{action}")
        assert event["actor"] == ADMIN.key_id
    (revoked,) = events_of(plane, "certificate", certificate.id, "certificate_version_revoked")
    assert (revoked["actor"], revoked["details"]["job_id"]) == (ADMIN.key_id, campaign.job_id)


def test_a_key_is_found_in_every_certificate_that_has_it(plane: ControlPlane) -> None:
    key = new_key()
    first = plane.issued("a.example.com", csr_pem=csr_pem("a.example.com", [], key))
    second = plane.issued("b.example.com", csr_pem=csr_pem("b.example.com", [], key))
    plane.issued("c.example.com")
    (version,) = plane.stores.certificates.unexpired_versions(first.id, plane.pki.clock())

    dry = started(plane, spki_sha256=version.spki_sha256)

    assert {item.certificate_id for item in items(plane, dry)} == {first.id, second.id}


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        ({"algorithm": "ECDSA"}, 2),
        ({"algorithm": "RSA"}, 0),
        ({"profile_id": "server", "algorithm": "ECDSA-P256"}, 2),
        ({"ca_id": "ca-none"}, 0),
        ({"agent_id": "agent-none"}, 0),
    ],
)
def test_selections_match_versions_and_records(
    plane: ControlPlane, selection: dict[str, Any], count: int
) -> None:
    fleet_of(plane, 2)
    assert started(plane, **selection).total == count


def test_a_ca_is_replaced_where_it_has_issued(plane: ControlPlane) -> None:
    (certificate,) = fleet_of(plane, 1)
    (version,) = plane.stores.certificates.unexpired_versions(certificate.id, plane.pki.clock())
    assert started(plane, ca_id=version.ca_id).total == 1


def test_an_open_renewal_is_adopted(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    plane.issuance.renew(ADMIN, certificate.id, None)
    open_job = plane.certificate(certificate.id).open_job_id

    campaign = of_ids(plane, [certificate])

    (item,) = items(plane, campaign)
    assert (item.state, item.job_id, item.rekeys) == (ItemState.REKEYING, open_job, 0)


def test_the_same_key_again_replaces_nothing(plane: ControlPlane) -> None:
    key = new_key()
    pem = csr_pem("www.example.com", [], key)
    certificate = plane.issued("www.example.com", csr_pem=pem)
    campaign = of_ids(plane, [certificate])
    job_id = str(plane.certificate(certificate.id).open_job_id)
    plane.signing_requests.submit(ADMIN, certificate.id, pem)
    plane.signing().process(job_id)

    campaign = next_round(plane, campaign)

    (item,) = items(plane, campaign)
    assert (item.state, item.rekeys) == (ItemState.REKEYING, 2)


def test_while_it_is_paused_nothing_is_done(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    campaign = of_ids(plane, [certificate])
    answered(plane, certificate.id)
    plane.campaigns.pause(ADMIN, campaign.id)

    paused = next_round(plane, campaign)
    assert (paused.state, states(plane, paused)) == (CampaignState.PAUSED, ["rekeying"])

    plane.campaigns.resume(ADMIN, campaign.id)
    assert states(plane, worked(plane, campaign)) == ["deployed"]


def test_a_cancelled_campaign_ends_with_its_job_and_what_is_done_stays(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    campaign = of_ids(plane, [certificate])

    plane.campaigns.cancel(ADMIN, campaign.id)

    assert plane.campaigns.get(campaign.id).state is CampaignState.CANCELLED
    assert states(plane, worked(plane, campaign)) == ["rekeying"]
    assert plane.job(campaign.job_id).status is JobStatus.CANCELLED
    assert plane.certificate(certificate.id).open_job_id is not None
    with pytest.raises(Conflict):
        plane.campaigns.resume(ADMIN, campaign.id)


def test_its_job_is_cancelled_by_the_campaign_only(plane: ControlPlane) -> None:
    dry = started(plane, profile_id="server")
    with pytest.raises(Conflict, match="cancel the campaign"):
        plane.jobs.cancel(ADMIN, dry.job_id)


def test_a_dry_run_that_nobody_confirms_is_cancelled(plane: ControlPlane) -> None:
    dry = started(plane, profile_id="server")
    ended = next_round(plane, dry)
    assert ended.state is CampaignState.CANCELLED
    assert plane.job(dry.job_id).status is JobStatus.CANCELLED


def test_the_deadline_alerts_once_and_revokes_nothing(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    certificate = plane.issued("www.example.com")
    campaign = of_ids(plane, [certificate], deadline_hours=1)
    plane.notification_nudges.clear()
    plane.pki.clock.advance(timedelta(hours=1))

    for _ in range(2):
        campaign = next_round(plane, campaign)

    told = NotificationStore(plane.pki.database).get_many([each.id for each in plane.notification_nudges])
    assert [each.job_id for each in told] == [campaign.job_id] * len(CHANNELS)
    assert (campaign.state, states(plane, campaign)) == (CampaignState.RUNNING, ["rekeying"])
    assert revoked_serials(plane, certificate.id) == []


def test_the_deadline_of_a_compromise_revokes_what_is_left(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    settings = {"on_deadline": OnDeadline.REVOKE, "deadline_hours": 1}
    campaign = of_ids(plane, [certificate], reason="keyCompromise", **settings)
    plane.pki.clock.advance(timedelta(hours=1))

    campaign = worked(plane, campaign)

    assert (campaign.state, campaign.counts) == (CampaignState.COMPLETED, {ItemState.REVOKED: 1})
    assert revoked_serials(plane, certificate.id) == [certificate.serial_number]


def test_a_certificate_that_was_revoked_meanwhile_is_skipped(plane: ControlPlane) -> None:
    certificate = plane.issued("www.example.com")
    campaign = of_ids(plane, [certificate])
    plane.revoked(certificate.id)

    campaign = next_round(plane, campaign)

    assert (campaign.state, campaign.counts) == (CampaignState.COMPLETED, {ItemState.SKIPPED: 1})


CRASHES: dict[str, Callable[[Campaign, Campaign], bool]] = {
    "when it has found them": lambda before, _: before.state is CampaignState.FINDING,
    "when it has acted": lambda before, _: before.state is CampaignState.RUNNING,
    "before its last step": lambda _, after: after.state is CampaignState.COMPLETED,
}


@pytest.mark.parametrize("when", CRASHES)
def test_a_worker_that_dies_is_continued_without_doing_anything_twice(
    plane: ControlPlane, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    certificate = plane.issued("www.example.com")
    save, left = CampaignStore.save_steps, [2]

    def dies(self: CampaignStore, before: Campaign, after: Campaign) -> Any:
        if left[0] and CRASHES[when](before, after):
            left[0] -= 1
            raise Killed
        return save(self, before, after)

    wanted = NewCampaign(CampaignSelection(certificate_ids=(certificate.id,)), "superseded", confirm=1)
    campaign = plane.campaigns.start(ADMIN, wanted)
    is_answered = is_verified = False
    with monkeypatch.context() as patched:
        for _ in range(12):
            # by a person the step is stored as it is: only the worker's process dies
            patched.setattr(CampaignStore, "save_steps", dies)
            with suppress(Killed):
                campaign = worked(plane, campaign)
            patched.setattr(CampaignStore, "save_steps", save)
            if not is_answered and plane.certificate(certificate.id).open_job_id is not None:
                answered(plane, certificate.id)
                is_answered = True
            if not is_verified and states(plane, campaign) == ["deployed"]:
                plane.campaigns.verify(ADMIN, campaign.id, certificate.id)
                is_verified = True
            plane.pki.clock.advance(timedelta(minutes=2))

    assert left == [0]
    assert campaign.counts == {ItemState.REVOKED: 1}
    assert plane.job(campaign.job_id).status is JobStatus.COMPLETED
    assert len(events_of(plane, "certificate", certificate.id, "certificate_renewal_requested")) == 1
    assert len(events_of(plane, "certificate", certificate.id, "certificate_version_revoked")) == 1


def test_a_worker_that_is_lost_in_every_turn_fails_the_campaign(plane: ControlPlane) -> None:
    dry = started(plane, profile_id="server")
    job = plane.job(dry.job_id)
    plane.pki.clock.advance(timedelta(hours=23))
    plane.stores.database.write(plane.stores.jobs.wait_step(job, plane.pki.clock()))
    for _ in range(job.max_attempts + 1):
        plane.stores.jobs.claim(job.id, plane.pki.clock(), ROUND)
        plane.pki.clock.advance(2 * ROUND)

    failed = worked(plane, dry)

    assert failed.state is CampaignState.FAILED
    assert plane.job(job.id).status is JobStatus.FAILED


def test_lists_have_all_and_those_in_a_state(plane: ControlPlane) -> None:
    made = fleet_of(plane, 3)
    campaign = of_ids(plane, made)
    service: Campaigns = plane.campaigns
    page = service.items(campaign.id, ItemFilter(), None, 2)
    rest = service.items(campaign.id, ItemFilter(), page.next, 2)
    assert [item.certificate_id for item in page.records + rest.records] == sorted(c.id for c in made)
    assert service.items(campaign.id, ItemFilter(ItemState.FOUND), None, 10).records == []
    assert len(service.items(campaign.id, ItemFilter(ItemState.REKEYING), None, 10).records) == 3
    assert [each.id for each in service.page(None, 10).records] == [campaign.id]


def test_a_profile_that_was_taken_from_the_team_ends_the_rekey_with_its_reason(plane: ControlPlane) -> None:
    made = fleet_of(plane, 2)
    narrow_profile(plane, made[0].certificate_profile_id, "t-other")

    campaign = next_round(plane, of_ids(plane, made))

    assert states(plane, campaign) == ["failed", "failed"]
    assert all("is not for the team t-default" in str(item.error) for item in items(plane, campaign))
