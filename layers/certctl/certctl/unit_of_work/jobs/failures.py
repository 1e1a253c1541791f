"""Permanent failures of issuance: the job ends, its certificate records it, and an alert is stored with
both."""

from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Claim
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.renewal.alerts import issuance_failure_alert
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.unit import MAX_ERROR, UnitOfWork

_FAILED = "certificate_issuance_failed"


def fail_issuance(
    unit: UnitOfWork, claim: Claim, job: Job, certificate: Certificate, error: str, routing: RoutingFacts
) -> None:
    """Called by the worker that holds the job."""
    after = certificate.failed(unit.now, error)
    unit.save(certificate, after, event=_FAILED, error=error)
    unit.end(claim, job, JobStatus.FAILED, error)
    unit.alert(issuance_failure_alert(after, error), routing)


def fail_unclaimed(
    unit: UnitOfWork, job: Job, certificate: Certificate, error: str, routing: RoutingFacts
) -> None:
    """Fails a job that no worker holds: it timed out, or its CSR or order was refused."""
    error = error[:MAX_ERROR]
    after = certificate.failed(unit.now, error)
    unit.stop([job], JobStatus.FAILED, error)
    unit.save(certificate, after, event=_FAILED, job_id=job.id, error=error)
    unit.alert(issuance_failure_alert(after, error), routing)


def cancel_claimed(unit: UnitOfWork, claim: Claim, job: Job, reason: str) -> None:
    """Cancels a job for the worker that holds it: its certificate may no longer be issued."""
    after = job.ended(JobStatus.CANCELLED, reason)
    unit.end(claim, job, JobStatus.CANCELLED, reason)
    unit.event("job_cancelled", job_resource(after), changes(job, after))
