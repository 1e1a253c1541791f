"""Names of who requested jobs, and of who approved them."""

from collections.abc import Mapping
from dataclasses import dataclass

from certctl.domain.audit.names import PastCaller
from certctl.domain.jobs.approvals import GivenApproval
from certctl.domain.jobs.jobs import Job
from certctl.store.audit.names import RecordNames


@dataclass(frozen=True)
class JobNames:
    """`by_caller` are the names of those that still have one."""

    by_caller: Mapping[PastCaller, str]

    def requester(self, job: Job) -> str | None:
        return self.by_caller.get(_requester(job))

    def approver(self, given: GivenApproval) -> str | None:
        return self.by_caller.get(_approver(given))


@dataclass(frozen=True)
class JobRequesters:
    """Names are read with the jobs, as those of the audit trail are: each ends with the person's record."""

    names: RecordNames

    def of(self, *jobs: Job) -> JobNames:
        """At most two reads, concurrently; none for jobs that the stack itself requested."""
        callers = [each for job in jobs for each in (_requester(job), *map(_approver, job.approvals_given))]
        return JobNames(self.names.of_callers(callers))


def _requester(job: Job) -> PastCaller:
    return PastCaller(job.requested_by, job.subject_id)


def _approver(given: GivenApproval) -> PastCaller:
    return PastCaller(given.key_id, given.subject_id)
