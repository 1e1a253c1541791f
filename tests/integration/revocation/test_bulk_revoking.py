"""A bulk revocation from its request to its end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.requests import CertificateEdit
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import Conflict, InvalidInput, Unavailable
from certctl.domain.jobs.filters import JobFilter
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.revocation.bulk import MAX_ERRORS, Selection
from certctl.domain.revocation.requests import RevocationRequest
from certctl.services.jobs.worker import LEASE
from certctl.store.notifications.notifications import NotificationStore
from tests.support.agents.fleet import certificate, live, store_certificates
from tests.support.catalog.entries import entry, store_entry
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.revocation.bulk import (
    bulk_of,
    counts,
    events_of,
    fleet_of,
    jobs_of,
    started,
    statuses,
    worked,
)
from tests.support.revocation.interruptions import Killed

# together they take more than ten seconds
pytestmark = pytest.mark.slow


def test_all_of_an_owner_are_revoked_and_nobody_elses(plane: ControlPlane) -> None:
    theirs = fleet_of(plane, 3, owner_id="o-gone")
    other = plane.issued("other.example.com")

    job = worked(plane, started(plane, owner_id="o-gone"))

    assert (job.status, counts(job)) == (JobStatus.COMPLETED, (3, 3, 0, 0))
    assert bulk_of(job).progress.total == 3
    assert statuses(plane, theirs) == {"Revoked"}
    assert statuses(plane, [other]) == {"Active"}


@pytest.mark.parametrize(
    ("selection", "matched"),
    [
        ({"team_id": "t-1"}, 2),
        ({"issuer_id": "iss-1"}, 2),
        ({"certificate_profile_id": "mtls"}, 2),
        ({"owner_id": "o-1", "environment": "production"}, 1),
        ({"team_id": "t-1", "issuer_id": "iss-1"}, 1),
        ({"owner_id": "o-1", "status": Status.EXPIRED}, 1),
        ({"certificate_ids": ("mc-a", "mc-b"), "owner_id": "o-1"}, 1),
        ({"owner_id": "o-nobody"}, 0),
    ],
)
def test_filters_combine(plane: ControlPlane, selection: dict[str, Any], matched: int) -> None:
    now = plane.pki.clock()
    later = now + timedelta(days=90)
    store_certificates(
        plane.pki.database,
        [
            live("mc-a", now, later, owner_id="o-1", team_id="t-1", environment="production"),
            live("mc-b", now, later, issuer_id="iss-1", team_id="t-1", certificate_profile_id="mtls"),
            live("mc-c", now, now - timedelta(days=1), owner_id="o-1", certificate_profile_id="mtls"),
            live("mc-d", now, later, issuer_id="iss-1"),
        ],
    )
    job = worked(plane, started(plane, **selection))
    assert counts(job)[:2] == (matched, matched)


def test_ids_that_are_named_are_all_accounted_for(plane: ControlPlane) -> None:
    first, second = fleet_of(plane, 2)
    plane.revoked(second.id, "keyCompromise")
    ids = tuple(sorted([first.id, second.id, "mc-unknown"]))

    job = worked(plane, started(plane, certificate_ids=ids))

    assert (job.status, counts(job)) == (JobStatus.COMPLETED, (1, 1, 2, 0))
    assert bulk_of(job).progress.total == 3
    assert plane.certificate(second.id).revocation_reason == "keyCompromise"


def test_each_is_the_transaction_of_a_single_revocation(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    single, many = plane.issued("single.example.com"), plane.issued("many.example.com", owner_id="o-gone")
    plane.revoked(single.id, "superseded")
    told = len(plane.notification_nudges)

    job = worked(plane, started(plane, owner_id="o-gone"))

    assert plane.actions(many.id) == plane.actions(single.id)
    assert len(plane.notification_nudges) == 2 * told
    (event,) = events_of(plane, "certificate", many.id, "certificate_revoked")
    assert (event["actor"], event["details"]["job_id"]) == (ADMIN.key_id, job.id)
    assert plane.totals()["Revoked"] == 2


def test_its_alerts_have_its_id_and_those_of_a_single_revocation_none(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    single, many = plane.issued("single.example.com"), plane.issued("many.example.com", owner_id="o-gone")
    plane.revoked(single.id, "superseded")

    job = worked(plane, started(plane, owner_id="o-gone"))

    told = NotificationStore(plane.pki.database).get_many([each.id for each in plane.notification_nudges])
    jobs = {(each.certificate_id, each.job_id) for each in told if each.type is NotificationType.REVOCATION}
    assert jobs == {(single.id, None), (many.id, job.id)}


def test_the_audit_event_has_the_request_and_its_result(plane: ControlPlane) -> None:
    fleet_of(plane, 2, owner_id="o-gone")
    job = worked(plane, started(plane, owner_id="o-gone"))
    (asked,) = events_of(plane, "job", job.id, "bulk_revocation_requested")
    (ended,) = events_of(plane, "job", job.id, "bulk_revocation_completed")
    assert asked["actor"] == ended["actor"] == ADMIN.key_id
    assert asked["details"]["after"]["bulk"]["selection"]["owner_id"] == "o-gone"
    assert ended["details"]["reason"] == "superseded"
    assert ended["details"]["progress"]["done"] == 2


def test_jobs_are_counted_as_all_others(plane: ControlPlane) -> None:
    job = started(plane, owner_id="o-nobody")
    assert plane.totals() == {"jobs_open": 1}
    worked(plane, job)
    assert plane.totals() == {"jobs_completed": 1}


def test_it_is_listed_with_the_other_jobs(plane: ControlPlane) -> None:
    job = started(plane, owner_id="o-nobody")
    found = jobs_of(plane).page(ADMIN, JobFilter(type=JobType.BULK_REVOCATION), None, 50).records
    assert [one.id for one in found] == [job.id]


def test_a_team_does_not_see_a_job_on_many(plane: ControlPlane) -> None:
    started(plane, owner_id="o-nobody")
    viewer = Principal("key-viewer", Role.VIEWER, ("t-default",))
    assert jobs_of(plane).page(viewer, JobFilter(), None, 50).records == []


def test_certificates_created_after_the_request_are_not_revoked(plane: ControlPlane) -> None:
    job = started(plane, owner_id="o-gone")
    plane.pki.clock.advance(timedelta(seconds=2))
    late = plane.requested("late.example.com", owner_id="o-gone").certificate
    worked(plane, job)
    assert statuses(plane, [late]) == {"Active"}
    assert counts(plane.job(job.id)) == (0, 0, 0, 0)


def test_a_certificate_that_leaves_the_selection_is_skipped(plane: ControlPlane) -> None:
    leaving = plane.issued(owner_id="o-gone")
    store_entry(plane.stores.database, entry(Kind.OWNER, "o-new", plane.pki.clock()))

    def leave(certificate_id: str) -> None:
        plane.certificates.edit(ADMIN, certificate_id, CertificateEdit(owner_id="o-new"))

    job = worked(plane, started(plane, owner_id="o-gone"), leave)
    assert counts(job) == (1, 0, 1, 0)
    assert statuses(plane, [leaving]) == {"Active"}


def test_a_certificate_revoked_concurrently_for_the_same_reason_counts_as_done(plane: ControlPlane) -> None:
    fleet_of(plane, 1, owner_id="o-gone")

    def first(certificate_id: str) -> None:
        plane.revoked(certificate_id, "superseded")

    job = worked(plane, started(plane, owner_id="o-gone"), first)
    assert counts(job) == (1, 1, 0, 0)
    assert plane.totals()["Revoked"] == 1


def test_held_ones_are_revoked_and_revoked_ones_become_key_compromise(plane: ControlPlane) -> None:
    held, revoked = fleet_of(plane, 2, owner_id="o-gone")
    plane.revoked(held.id, "certificateHold")
    plane.revoked(revoked.id, "superseded")
    plane.pki.clock.advance(timedelta(minutes=1))

    job = worked(plane, started(plane, "keyCompromise", owner_id="o-gone"))

    assert counts(job) == (2, 2, 0, 0)
    assert {plane.certificate(c.id).revocation_reason for c in (held, revoked)} == {"keyCompromise"}


def test_what_was_archived_is_hit_only_while_a_version_is_valid(plane: ControlPlane) -> None:
    valid = plane.issued("valid.example.com", owner_id="o-gone")
    never = plane.requested("never.example.com", owner_id="o-gone", csr_pem=None).certificate
    for each in (valid, never):
        plane.certificates.archive(ADMIN, each.id, keep_valid=True)
    job = worked(plane, started(plane, owner_id="o-gone"))
    assert counts(job) == (1, 1, 0, 0)
    assert statuses(plane, [valid]) == {"Revoked"}
    assert statuses(plane, [never]) == {"Archived"}


def test_an_open_job_of_a_certificate_ends_with_it(plane: ControlPlane) -> None:
    certificate = plane.issued(owner_id="o-gone")
    renewal = plane.issuance.renew(ADMIN, certificate.id, None)
    worked(plane, started(plane, owner_id="o-gone"))
    assert plane.job(renewal.job.id).status is JobStatus.CANCELLED


def test_what_fails_once_is_tried_again_at_the_end(plane: ControlPlane) -> None:
    fleet = fleet_of(plane, 3, owner_id="o-gone")
    tries: list[str] = []

    def fail_once(certificate_id: str) -> None:
        tries.append(certificate_id)
        if certificate_id == fleet[0].id and tries.count(certificate_id) == 1:
            raise Unavailable("not now")

    job = worked(plane, started(plane, owner_id="o-gone"), fail_once)
    assert (job.status, counts(job)) == (JobStatus.COMPLETED, (3, 3, 0, 0))
    assert tries[-1] == fleet[0].id


@pytest.mark.parametrize("error", [Conflict("it keeps changing"), RuntimeError("a secret")])
def test_what_fails_twice_is_reported_and_stops_nobody(plane: ControlPlane, error: Exception) -> None:
    fleet = fleet_of(plane, 3, owner_id="o-gone")

    def fail(certificate_id: str) -> None:
        if certificate_id == fleet[1].id:
            raise error

    job = worked(plane, started(plane, owner_id="o-gone"), fail)
    assert (job.status, counts(job)) == (JobStatus.FAILED, (3, 2, 0, 1))
    assert job.last_error == "1 of 3 certificates could not be revoked"
    (reported,) = bulk_of(job).progress.errors
    assert reported.certificate_id == fleet[1].id
    assert "secret" not in reported.error
    assert statuses(plane, [fleet[0], fleet[2]]) == {"Revoked"}


def test_of_many_failures_the_first_are_kept(plane: ControlPlane) -> None:
    now = plane.pki.clock()
    store_certificates(
        plane.pki.database, [certificate(f"mc-{n:02}", now, owner_id="o-gone") for n in range(25)]
    )

    def fail(_: str) -> None:
        raise Conflict("no")

    job = worked(plane, started(plane, owner_id="o-gone"), fail)
    assert counts(job) == (25, 0, 0, 25)
    assert len(bulk_of(job).progress.errors) == MAX_ERRORS


def test_a_killed_worker_leaves_nothing_undone_and_counts_nothing_twice(plane: ControlPlane) -> None:
    fleet = fleet_of(plane, 5, owner_id="o-gone")
    seen: list[str] = []

    def kill(certificate_id: str) -> None:
        seen.append(certificate_id)
        if len(seen) == 3:
            raise Killed

    job = started(plane, owner_id="o-gone")
    with pytest.raises(Killed):
        worked(plane, job, kill)
    plane.pki.clock.advance(LEASE * 2)
    plane.due_jobs.run(lambda: True)
    ended = worked(plane, job)

    assert (ended.status, counts(ended)) == (JobStatus.COMPLETED, (5, 5, 0, 0))
    assert statuses(plane, fleet) == {"Revoked"}
    assert plane.totals()["Revoked"] == 5
    assert [plane.actions(c.id).count("certificate_revoked") for c in fleet] == [1] * 5


def test_with_a_status_filter_it_counts_what_an_earlier_worker_did(plane: ControlPlane) -> None:
    fleet_of(plane, 3, owner_id="o-gone")
    seen: list[str] = []

    def kill(certificate_id: str) -> None:
        seen.append(certificate_id)
        if len(seen) == 3:
            raise Killed

    job = started(plane, owner_id="o-gone", status=Status.ACTIVE)
    with pytest.raises(Killed):
        worked(plane, job, kill)
    plane.pki.clock.advance(LEASE * 2)
    plane.due_jobs.run(lambda: True)
    assert counts(worked(plane, job)) == (3, 3, 0, 0)


def test_a_worker_that_is_lost_in_every_turn_gives_up_and_says_so(plane: ControlPlane) -> None:
    fleet_of(plane, 1, owner_id="o-gone")

    def kill(_: str) -> None:
        raise Killed

    job = started(plane, owner_id="o-gone")
    for _ in range(job.max_attempts):
        with pytest.raises(Killed):
            worked(plane, job, kill)
        plane.pki.clock.advance(LEASE * 2)
        plane.due_jobs.run(lambda: True)
    ended = worked(plane, job)
    assert (ended.status, ended.last_error) == (JobStatus.FAILED, "the worker stopped in every turn")
    assert len(events_of(plane, "job", job.id, "bulk_revocation_failed")) == 1


def test_a_long_one_takes_several_turns(plane: ControlPlane) -> None:
    now = plane.pki.clock()
    ids = [f"mc-{n:03}" for n in range(120)]
    store_certificates(plane.pki.database, [certificate(i, now, owner_id="o-gone") for i in ids])

    def take_time(_: str) -> None:
        plane.pki.clock.advance(timedelta(seconds=0.2))

    job = worked(plane, started(plane, owner_id="o-gone"), take_time)
    assert (job.status, counts(job)) == (JobStatus.COMPLETED, (120, 120, 0, 0))
    assert job.due.attempt == 3
    assert job.due.retry_count == 0


def test_a_cancelled_revocation_stops_between_chunks_and_reports_its_progress(plane: ControlPlane) -> None:
    now = plane.pki.clock()
    ids = [f"mc-{n:03}" for n in range(120)]
    store_certificates(plane.pki.database, [certificate(i, now, owner_id="o-gone") for i in ids])
    job = started(plane, owner_id="o-gone")
    seen: list[str] = []

    def cancel_once(certificate_id: str) -> None:
        seen.append(certificate_id)
        if len(seen) == 60:
            jobs_of(plane).cancel(ADMIN, job.id)

    ended = worked(plane, job, cancel_once)

    assert (ended.status, counts(ended)) == (JobStatus.CANCELLED, (100, 100, 0, 0))
    assert ended.due.due_at is None
    revoked = [c for c in plane.stores.certificates.get_many(ids[:100] + ids[100:]) if c.revoked_at]
    assert len(revoked) == 100


def test_two_at_once_over_the_same_certificates_are_both_exact(plane: ControlPlane) -> None:
    fleet = fleet_of(plane, 3, owner_id="o-gone")
    first, second = started(plane, owner_id="o-gone"), started(plane, owner_id="o-gone")
    plane.work()
    assert counts(plane.job(first.id)) == counts(plane.job(second.id)) == (3, 3, 0, 0)
    assert plane.totals()["Revoked"] == len(fleet)


def test_a_preview_shows_what_the_job_then_revokes(plane: ControlPlane) -> None:
    fleet = fleet_of(plane, 3, owner_id="o-gone")
    plane.revoked(fleet[0].id, "unspecified")
    selection, wanted = Selection(owner_id="o-gone"), RevocationRequest("superseded")
    page = plane.bulk_revocations.preview(selection, wanted, None, 2)
    job = worked(plane, started(plane, owner_id="o-gone"))
    assert {c.id for c in page.records} == {fleet[1].id, fleet[2].id}
    assert counts(job) == (2, 2, 0, 0)


def test_a_preview_has_pages(plane: ControlPlane) -> None:
    now = plane.pki.clock()
    ids = [f"mc-{n:02}" for n in range(5)]
    store_certificates(plane.pki.database, [certificate(i, now, owner_id="o-1") for i in ids])
    selection, wanted = Selection(owner_id="o-1"), RevocationRequest("superseded")
    first = plane.bulk_revocations.preview(selection, wanted, None, 3)
    second = plane.bulk_revocations.preview(selection, wanted, first.next, 3)
    assert sorted(c.id for c in [*first.records, *second.records]) == ids
    assert second.next is None


@pytest.mark.parametrize("selection", [Selection(), Selection(environment="production")])
def test_everything_there_is_cannot_be_meant(plane: ControlPlane, selection: Selection) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        plane.bulk_revocations.start(ADMIN, selection, RevocationRequest("superseded"))


def test_many_are_not_held(plane: ControlPlane) -> None:
    with pytest.raises(InvalidInput, match="certificateHold"):
        started(plane, "certificateHold", owner_id="o-1")


def test_what_is_stored_of_it_is_what_was_asked(plane: ControlPlane) -> None:
    now = plane.pki.clock().replace(microsecond=0)
    selection = Selection(certificate_ids=("mc-1", "mc-2"), status=Status.ACTIVE)
    job = plane.bulk_revocations.start(ADMIN, selection, RevocationRequest("superseded", now))
    stored = plane.job(job.id)
    assert replace(stored, due=job.due, created_at=job.created_at, scheduled_at=job.scheduled_at) == job
