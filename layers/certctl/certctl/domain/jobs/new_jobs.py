"""New jobs, of each type: due at once, or at the end of the wait for what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.issuing.orders import order_of
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import DEFAULT_MAX_ATTEMPTS, RETRY_BASE_SECONDS, Job
from certctl.domain.jobs.statuses import JobStatus, JobType, Worker
from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.jobs.work import Order
from certctl.domain.renewal.policies import RenewalPolicy

_DEPLOYMENT_RETRY_SECONDS = 60.0
_MAX_LOST_TURNS = 5
"""Turns in a row that a worker may be lost in without progress."""


@dataclass(frozen=True)
class JobRules:
    """The job settings of a certificate's profile, renewal policy and issuer."""

    approvals: int = 0
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    retry_base_seconds: float = RETRY_BASE_SECONDS
    worker: Worker = Worker.SIGNING


@dataclass(frozen=True)
class RenewalRequest:
    """The starting point of a renewal by the schedule: without a CSR it awaits one, for a new key: that of
    `agent_id`, if there is one."""

    csr_pem: str | None
    approvals: int = 0
    agent_id: str | None = None
    task: AgentTask | None = None


def new_job(kind: JobType, requested_by: str, now: datetime, certificate: Certificate | None = None) -> Job:
    """A pending job without work, for the signing worker; without a certificate, of no team either."""
    return Job(
        id=new_id("job", now),
        type=kind,
        certificate_id=certificate.id if certificate else None,
        certificate_name=certificate.name if certificate else None,
        team_id=certificate.team_id if certificate else None,
        status=JobStatus.PENDING,
        created_at=now,
        scheduled_at=now,
        requested_by=requested_by,
        due=Due(due_at=now),
    )


def issuing_job(
    kind: JobType,
    certificate: Certificate,
    requested_by: str,
    csr_pem: str | None,
    rules: JobRules,
    now: datetime,
) -> Job:
    """An issuance or a renewal."""
    job = replace(
        new_job(kind, requested_by, now, certificate),
        csr_pem=csr_pem,
        needs_approval=rules.approvals > 0,
        approvals_required=max(1, rules.approvals),
        max_attempts=rules.max_attempts,
        retry_base_seconds=rules.retry_base_seconds,
        worker=rules.worker,
    )
    status = job.next_status
    due = Due(due_at=now + (status.timeout or timedelta()))
    return replace(job, status=status, due=due).bound_to(certificate)


def requested_job(
    kind: JobType,
    certificate: Certificate,
    requester: Requester,
    csr_pem: str | None,
    rules: JobRules,
    now: datetime,
) -> Job:
    """An issuance or a renewal that a caller requested, whose approvals are somebody else's."""
    job = issuing_job(kind, certificate, requester.key_id, csr_pem, rules, now)
    return replace(job.with_asker(requester), subject_id=requester.subject_id)


def renewal_job(
    certificate: Certificate,
    policy: RenewalPolicy,
    request: RenewalRequest,
    worker: Worker,
    requested_by: str,
    now: datetime,
) -> Job:
    """A renewal that the schedule starts."""
    retry_base = float(policy.retry_interval_seconds)
    rules = JobRules(request.approvals, policy.max_retries, retry_base, worker)
    job = issuing_job(JobType.RENEWAL, certificate, requested_by, request.csr_pem, rules, now)
    return job if request.task is None else job.assigned_to(request.agent_id, request.task)


def deployment_jobs(
    certificate: Certificate,
    target_ids: Iterable[str],
    agent_id: str,
    task: AgentTask,
    requested_by: str,
    now: datetime,
) -> list[Job]:
    """One job for each target."""
    return [
        replace(
            new_job(JobType.DEPLOYMENT, requested_by, now, certificate),
            target_id=target_id,
            agent_id=agent_id,
            work=task,
            retry_base_seconds=_DEPLOYMENT_RETRY_SECONDS,
        )
        for target_id in target_ids
    ]


def job_over_many(kind: JobType, requester: Requester, now: datetime) -> Job:
    """A job in turns, over many certificates."""
    job = new_job(kind, requester.key_id, now)
    return replace(job, subject_id=requester.subject_id, max_attempts=_MAX_LOST_TURNS)


def settlement_of(job: Job, now: datetime) -> list[Job]:
    """The job that finds out what became of the order of a job that ends without a certificate; none if no
    order remains. It is due when nobody can be working on the order any more."""
    if not order_of(job.issuer_progress).must_be_settled:
        return []
    due_at = max(now, job.due.lease_until or now)
    settlement = replace(
        job,
        id=new_id("job", now),
        type=JobType.SETTLEMENT,
        status=JobStatus.PENDING,
        created_at=now,
        scheduled_at=now,
        target_id=None,
        agent_id=None,
        work=Order(job.issuer_progress),
        last_error=None,
        started_at=None,
        completed_at=None,
        due=Due(due_at=due_at),
    )
    return [settlement]
