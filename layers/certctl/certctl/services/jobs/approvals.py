"""The facts that an approval of a job rests on."""

from dataclasses import dataclass, replace

from certctl.crypto.issuing.csr import CheckedCsr, parse_csr
from certctl.crypto.issuing.subject_checks import ignored_subject
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import CsrRejected, FieldProblem
from certctl.domain.jobs.approvals import GivenApproval, Requester
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.policies.name_limits import obstacle_of
from certctl.services.jobs.requesters import JobNames, JobRequesters
from certctl.store.paging import in_parallel
from certctl.unit_of_work.certificates.preconditions import NO_FINDINGS, Findings, IssuancePreconditions
from certctl.unit_of_work.jobs.approved import changes_since_asked
from certctl.unit_of_work.jobs.asked import request_problems
from certctl.unit_of_work.stores import Stores


@dataclass(frozen=True)
class NamedApproval:
    """`name` is that of the approver as in `JobNames`, None once the record is gone."""

    approval: GivenApproval
    name: str | None


@dataclass(frozen=True)
class Approval:
    """`requester_name` and `approver_name` as in `JobNames`, None for a function of the stack; `obstacle` is
    why the caller cannot approve it; `csr` is None without an acceptable one. `findings`, `obstacle` and
    `ignored_subject`, the attributes of the CSR's subject that no leaf of the profile has, are empty once the
    job no longer awaits approval."""

    requester_name: str | None
    approver_name: str | None
    given: tuple[NamedApproval, ...]
    is_requested_by_caller: bool
    obstacle: str | None
    csr: CheckedCsr | None
    findings: Findings
    ignored_subject: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approvals:
    stores: Stores
    requesters: JobRequesters
    preconditions: IssuancePreconditions

    def of(self, caller: Principal, job: Job) -> Approval:
        """The approval of a job that needs one. The names of those concerned and the certificate are read."""
        csr = _csr_of(job)
        names, (findings, beyond_key, ignored), obstacle = in_parallel(
            lambda: self.requesters.of(job),
            lambda: self._findings(caller, job, csr),
            lambda: self._obstacle(caller, job),
        )
        return Approval(
            requester_name=names.requester(job),
            approver_name=_last_name(job, names),
            given=tuple(NamedApproval(each, names.approver(each)) for each in job.approvals_given),
            is_requested_by_caller=job.is_asked_by(Requester.of(caller)),
            obstacle=obstacle or beyond_key,
            csr=csr,
            findings=findings,
            ignored_subject=ignored,
        )

    def _obstacle(self, caller: Principal, job: Job) -> str | None:
        if job.status is not JobStatus.AWAITING_APPROVAL:
            return None
        return self.stores.four_eyes.obstacle(caller, job)

    def _findings(
        self, caller: Principal, job: Job, csr: CheckedCsr | None
    ) -> tuple[Findings, str | None, tuple[str, ...]]:
        """The findings, why the caller's key may not have the names, and what is ignored in the subject."""
        awaits_it = job.status is JobStatus.AWAITING_APPROVAL
        certificate = self.stores.certificate_of(job) if awaits_it else None
        if certificate is None:
            return NO_FINDINGS, None, ()
        found, changed = self.preconditions.findings(certificate), changes_since_asked(job, certificate)
        asked = [*self._request_problems(job, certificate), *self.stores.requesters.problems(job)]
        beyond_key = obstacle_of(caller.names, certificate.sans)
        findings = replace(found, problems=(*changed, *found.problems, *asked))
        return findings, beyond_key, self._ignored_subject(certificate, csr)

    def _ignored_subject(self, certificate: Certificate, csr: CheckedCsr | None) -> tuple[str, ...]:
        profile = self.preconditions.find_profile(certificate)
        return ignored_subject(profile, csr) if profile and csr else ()

    def _request_problems(self, job: Job, certificate: Certificate) -> list[FieldProblem]:
        """The problems of the request; none for a profile that is gone: that is a problem of the
        preconditions."""
        profile = self.preconditions.find_profile(certificate)
        if profile is None:
            return []
        return request_problems(job, certificate, profile, self.stores.refused_keys)


def _last_name(job: Job, names: JobNames) -> str | None:
    """The name of who gave the last approval; None until it is given."""
    last = next((each for each in job.approvals_given if each.key_id == job.approved_by), None)
    return names.approver(last) if last else None


def _csr_of(job: Job) -> CheckedCsr | None:
    """The job's CSR; None also for one that an earlier release accepted and this one does not: its job stays
    readable."""
    try:
        return parse_csr(job.csr_pem) if job.csr_pem else None
    except CsrRejected:
        return None
