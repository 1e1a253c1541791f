"""Bulk revocations over a control plane."""

from typing import Any

from certctl.domain.audit_pages import StoredEvent
from certctl.domain.bulk_revocations import BulkRevocation, Progress, Selection
from certctl.domain.certificates import Certificate
from certctl.domain.jobs import Job
from certctl.domain.revocations import Wanted
from certctl.services.bulk_revoking import RevokeIf
from certctl.services.jobs import Jobs
from certctl.store.audit import AuditStore
from certctl.store.job_lists import JobIndexes
from tests.support.control_plane import ADMIN, ControlPlane


def fleet_of(plane: ControlPlane, count: int, **fields: Any) -> list[Certificate]:
    """Issued, each with a name of its own."""
    return [plane.issued(f"c{number}.example.com", **fields) for number in range(count)]


def started(plane: ControlPlane, reason: str = "superseded", **selection: Any) -> Job:
    return plane.bulk_revocations.start(ADMIN, Selection(**selection), Wanted(reason))


def worked(plane: ControlPlane, job: Job, revoke_if: RevokeIf | None = None) -> Job:
    """After its worker did all that nudges ask for."""
    plane.work(plane.signing(revoke_if))
    return plane.job(job.id)


def bulk_of(job: Job) -> BulkRevocation:
    assert job.bulk is not None
    return job.bulk


def counts(job: Job) -> tuple[int, int, int, int]:
    """Matched, done, skipped, failed."""
    progress: Progress = bulk_of(job).progress
    return progress.matched, progress.done, progress.skipped, progress.failed


def statuses(plane: ControlPlane, certificates: list[Certificate]) -> set[str]:
    now = plane.pki.clock()
    return {plane.certificate(certificate.id).status(now).value for certificate in certificates}


def jobs_of(plane: ControlPlane) -> Jobs:
    return Jobs(plane.stores, JobIndexes(plane.pki.database), plane.job_nudges.append, plane.pki.clock)


def events_of(plane: ControlPlane, kind: str, identifier: str, action: str) -> list[StoredEvent]:
    found = AuditStore(plane.pki.database).of_resource(kind, identifier, "~", 100).events
    return [event for event in found if event["action"] == action]
