"""What holds for a campaign whatever happened to its worker, read from its rows and its audit trail."""

from collections import Counter
from datetime import datetime, timedelta

from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.states import CampaignState, ItemState, OnDeadline
from certctl.domain.times import from_wire
from tests.support.functions.control_plane import CHANNELS
from tests.support.revocation.campaigns import CampaignStory

_VERIFIED = "campaign_item_verified"
_AT_ONCE = timedelta(minutes=3)
"""A turn, or two if a worker is lost; less than the wait between two rounds."""


def check_counts(story: CampaignStory) -> None:
    assert dict(story.campaign.counts) == Counter(item.state for item in story.items)


def check_completed(story: CampaignStory, *also: str) -> None:
    """`also`: what the campaign's events tell beside what each campaign's do."""
    assert (story.campaign.state, _job_status(story)) == (CampaignState.COMPLETED, JobStatus.COMPLETED)
    acts = ("requested", "found", "deadline_passed", "completed", *also)
    verified = sum(item.verified_by is not None for item in story.items)
    refused = {"campaign_keys_refused": int(story.campaign.is_compromise)}
    expected = Counter({f"campaign_{act}": 1 for act in acts} | {_VERIFIED: verified} | refused)
    assert Counter(story.actions("campaign", story.id)) == +expected
    assert story.alerts() == len(CHANNELS)
    _check_reported_at_once(story)
    check_counts(story)
    for item in story.items:
        _check_old_versions(story, item)
        _check_rekeys(story, item)


def check_cancelled(story: CampaignStory) -> None:
    assert (story.campaign.state, _job_status(story)) == (CampaignState.CANCELLED, JobStatus.CANCELLED)
    told = Counter(story.actions("campaign", story.id))
    assert told["campaign_cancelled"] == 1
    assert all(times == 1 for act, times in told.items() if act != _VERIFIED)
    assert story.alerts() == len(CHANNELS) * told["campaign_deadline_passed"]
    check_counts(story)
    for item in story.items:
        _check_reported(story, item)


def _check_reported(story: CampaignStory, item: CampaignItem) -> None:
    """The item says what was done for its certificate: its audit trail has nothing else."""
    revoked = story.events("certificate", item.certificate_id, "certificate_version_revoked")
    rekeyed = [
        event["details"]["after"]["open_job_id"]
        for event in story.events("certificate", item.certificate_id, "certificate_renewal_requested")
    ]
    assert (item.state is ItemState.REVOKED) is (len(revoked) == len(item.old_serials))
    assert item.job_id is None or item.job_id in rekeyed
    assert (item.state is ItemState.FOUND) is (len(rekeyed) == len(item.old_serials) - 1 and not revoked)


def _check_reported_at_once(story: CampaignStory) -> None:
    deadline, reported_at = story.campaign.deadline, story.campaign.deadline_reported_at
    assert deadline is not None
    assert reported_at is not None
    assert deadline <= reported_at <= deadline + _AT_ONCE


def _check_old_versions(story: CampaignStory, item: CampaignItem) -> None:
    """Each is revoked once, by the campaign, not before it may be; the new ones are in force."""
    campaign, marks = story.campaign, story.marks(item.certificate_id)
    assert marks.keys() == set(item.old_serials) == story.old[item.certificate_id]
    assert {mark.reason for mark in marks.values()} == {campaign.reason}
    events = story.events("certificate", item.certificate_id, "certificate_version_revoked")
    assert sorted(event["details"]["serial_number"] for event in events) == sorted(marks)
    assert {event["details"]["job_id"] for event in events} == {campaign.job_id}
    assert min(from_wire(event["timestamp"]) for event in events) >= _allowed_from(story, item)


def _allowed_from(story: CampaignStory, item: CampaignItem) -> datetime:
    if item.verified_by is not None:
        assert (item.state, story.new_serial(item)) == (ItemState.REVOKED, item.new_serial)
        (verified,) = (
            event
            for event in story.events("campaign", story.id, _VERIFIED)
            if event["details"]["certificate_id"] == item.certificate_id
        )
        return from_wire(verified["timestamp"])
    reported_at = story.campaign.deadline_reported_at
    assert reported_at is not None
    assert story.campaign.on_deadline is OnDeadline.REVOKE
    # skipped: the worker that revoked them was lost before it stored that (ADR 43)
    assert item.state in (ItemState.REVOKED, ItemState.SKIPPED)
    return reported_at


def _check_rekeys(story: CampaignStory, item: CampaignItem) -> None:
    """One, beside earlier ones; none if the deadline came first."""
    asked = len(story.events("certificate", item.certificate_id, "certificate_renewal_requested"))
    rekeys = asked - (len(item.old_serials) - 1)
    assert rekeys == 1 if item.verified_by is not None else rekeys <= 1


def _job_status(story: CampaignStory) -> JobStatus:
    return story.plane.job(story.campaign.job_id).status
