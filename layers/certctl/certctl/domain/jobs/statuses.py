"""Types and statuses of jobs, without the jobs: what shows or filters them needs no more."""

from datetime import timedelta
from enum import StrEnum

from certctl.domain.durations import in_words

AWAITING_CSR_TIMEOUT = timedelta(hours=24)
AWAITING_APPROVAL_TIMEOUT = timedelta(hours=168)


class JobType(StrEnum):
    ISSUANCE = "Issuance"
    RENEWAL = "Renewal"
    DEPLOYMENT = "Deployment"
    VALIDATION = "Validation"
    """Published in the API, and never created."""
    BULK_REVOCATION = "BulkRevocation"
    REVOCATION = "Revocation"
    SETTLEMENT = "Settlement"
    POLICY_EVALUATION = "PolicyEvaluation"
    CAMPAIGN = "Campaign"


class Worker(StrEnum):
    """The queue for a job's nudges."""

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

    @property
    def timed_out(self) -> str:
        """Why a job ends that has waited in this status until its timeout."""
        return f"{_AWAITED[self]} came within {in_words(_TIMEOUTS[self])}"


class JobState(StrEnum):
    """Jobs by whether they have ended: `JobStatus.is_terminal`."""

    OPEN = "open"
    ENDED = "ended"


OPEN_STATUSES = tuple(status for status in JobStatus if not status.is_terminal)

_TIMEOUTS = {
    JobStatus.AWAITING_CSR: AWAITING_CSR_TIMEOUT,
    JobStatus.AWAITING_APPROVAL: AWAITING_APPROVAL_TIMEOUT,
}
_AWAITED = {
    JobStatus.AWAITING_CSR: "no signing request",
    JobStatus.AWAITING_APPROVAL: "no approval",
}
