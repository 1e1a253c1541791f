"""Jobs: work on one certificate, or on many, that a worker does."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.bulk_revocations import BulkRevocation
from certctl.domain.due_work import Due, Nudge, RetrySchedule

AWAITING_CSR_TIMEOUT = timedelta(hours=24)
AWAITING_APPROVAL_TIMEOUT = timedelta(hours=168)
DEFAULT_MAX_ATTEMPTS = 3
RETRY_BASE_SECONDS = 10.0
RETRY_CAP_SECONDS = 900.0


class JobType(StrEnum):
    ISSUANCE = "Issuance"
    RENEWAL = "Renewal"
    DEPLOYMENT = "Deployment"
    VALIDATION = "Validation"
    BULK_REVOCATION = "BulkRevocation"
    REVOCATION = "Revocation"


class Worker(StrEnum):
    """Whose queue a job's nudges go to."""

    SIGNING = "signing"
    EXTERNAL = "external"


class JobStatus(StrEnum):
    PENDING = "Pending"
    AWAITING_CSR = "AwaitingCSR"
    AWAITING_APPROVAL = "AwaitingApproval"
    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELLED = "Cancelled"

    @property
    def is_terminal(self) -> bool:
        return self in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)

    @property
    def timeout(self) -> timedelta | None:
        return _TIMEOUTS.get(self)


_TIMEOUTS = {
    JobStatus.AWAITING_CSR: AWAITING_CSR_TIMEOUT,
    JobStatus.AWAITING_APPROVAL: AWAITING_APPROVAL_TIMEOUT,
}


@dataclass(frozen=True)
class Job:
    """`requested_by` is the key id that may not approve it; `csr_pem` is set once there is one to sign. Work
    on many certificates has `bulk` in place of a certificate and a team. `issuer_progress` is JSON: how far
    an external issuer came."""

    id: str
    type: JobType
    certificate_id: str | None
    team_id: str | None
    status: JobStatus
    created_at: datetime
    scheduled_at: datetime
    requested_by: str
    csr_pem: str | None = None
    target_id: str | None = None
    agent_id: str | None = None
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    retry_base_seconds: float = RETRY_BASE_SECONDS
    last_error: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    bulk: BulkRevocation | None = None
    worker: Worker = Worker.SIGNING
    issuer_progress: str | None = None
    due: Due = field(default_factory=Due)

    @property
    def nudge(self) -> Nudge:
        return Nudge(self.id, self.due.epoch, is_external=self.worker is Worker.EXTERNAL)

    @property
    def needs_csr(self) -> bool:
        return self.type in (JobType.ISSUANCE, JobType.RENEWAL) and self.csr_pem is None

    @property
    def retry_schedule(self) -> RetrySchedule:
        base = self.retry_base_seconds
        return RetrySchedule(self.max_attempts, base, max(base, RETRY_CAP_SECONDS))
