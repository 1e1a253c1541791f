"""A bulk revocation stops when who asked for it is disabled; what it did is theirs."""

from dataclasses import replace

import pytest

from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.audit.pages import AuditFilter
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.revocation.bulk import Selection
from certctl.domain.revocation.requests import RevocationRequest
from certctl.store.access.subjects import SubjectStore
from certctl.store.notifications.notifications import NotificationStore
from tests.support.costs.read_units import metered_reads
from tests.support.functions.control_plane import CHANNELS, ControlPlane
from tests.support.revocation.bulk import bulk_of, events_of, fleet_on, revoked_among, worked

KEY = "key-ann"
GRANT = Grant(Role.ADMIN, (ALL_TEAMS,))


def subject(plane: ControlPlane, kind: SubjectKind = SubjectKind.USER) -> Subject:
    made = new_subject(kind, [GRANT], plane.pki.clock())
    store(plane, made)
    return made


def store(plane: ControlPlane, subject: Subject) -> None:
    plane.pki.database.write(SubjectStore(plane.pki.database).put_step(subject))


def started_by(plane: ControlPlane, subject: Subject, ids: list[str]) -> Job:
    caller = Principal(KEY, Role.ADMIN, (ALL_TEAMS,), subject_id=subject.id)
    selection = Selection(certificate_ids=tuple(sorted(ids)))
    return plane.bulk_revocations.start(caller, selection, RevocationRequest("superseded"))


@pytest.mark.parametrize(
    ("kind", "shown"), [(SubjectKind.USER, "User"), (SubjectKind.SERVICE_ACCOUNT, "Service")]
)
def test_what_it_does_is_done_by_the_subject_with_its_key(
    plane: ControlPlane, kind: SubjectKind, shown: str
) -> None:
    ids, ann = fleet_on(plane, 1), subject(plane, kind)

    job = worked(plane, started_by(plane, ann, ids))

    assert job.status is JobStatus.COMPLETED
    (revoked,) = events_of(plane, "certificate", ids[0], "certificate_revoked")
    (ended,) = events_of(plane, "job", job.id, "bulk_revocation_completed")
    for event in (revoked, ended):
        assert (event["actor"], event["actor_type"]) == (ann.id, shown)
        assert event["details"]["credential"] == {"id": KEY, "kind": "key"}
        assert all(AuditFilter(actor=each).matches(event.record) for each in (ann.id, KEY))


def test_it_revokes_nothing_for_a_disabled_subject_and_people_are_told(plane: ControlPlane) -> None:
    plane.channels = CHANNELS
    ids, ann = fleet_on(plane, 2), subject(plane)
    job = started_by(plane, ann, ids)
    store(plane, replace(ann, enabled=False))

    ended = worked(plane, job)

    why = f"{ann.id}, which requested it, is disabled"
    assert (ended.status, ended.last_error) == (JobStatus.FAILED, why)
    assert revoked_among(plane, ids) == 0
    (event,) = events_of(plane, "job", job.id, "bulk_revocation_failed")
    assert (event["actor"], event["actor_type"]) == ("system/signing_worker", "System")
    assert event["details"]["after"]["last_error"] == why
    told = NotificationStore(plane.pki.database).get_many([each.id for each in plane.notification_nudges])
    assert {(each.type, each.severity) for each in told} == {(NotificationType.REVOCATION, Severity.CRITICAL)}
    assert len(told) == len(CHANNELS)
    assert {each.job_id for each in told} == {job.id}
    assert all(why in each.message and job.id in each.message for each in told)


def test_a_subject_that_is_enabled_again_starts_it_again(plane: ControlPlane) -> None:
    ids, ann = fleet_on(plane, 1), subject(plane)
    job = started_by(plane, ann, ids)
    store(plane, replace(ann, enabled=False))
    assert worked(plane, job).status is JobStatus.FAILED
    store(plane, ann)
    assert worked(plane, started_by(plane, ann, ids)).status is JobStatus.COMPLETED
    assert revoked_among(plane, ids) == 1


@pytest.mark.slow
def test_it_stops_between_two_chunks_with_the_counts_so_far(plane: ControlPlane) -> None:
    ids, ann = fleet_on(plane, 51), subject(plane)
    job = started_by(plane, ann, ids)

    def disable(_: str) -> None:
        plane.privileges.of(None, store)(plane, replace(ann, enabled=False))

    with metered_reads(plane.pki.database.client) as meter:
        ended = worked(plane, job, disable)

    done = bulk_of(ended).progress.done
    assert (ended.status, done, revoked_among(plane, ids)) == (JobStatus.FAILED, 50, 50)
    assert len([read for read in meter.reads if read[1] == "credentials"]) == 2, "one before each chunk"
    (event,) = events_of(plane, "job", job.id, "bulk_revocation_failed")
    assert event["details"]["progress"]["done"] == 50
