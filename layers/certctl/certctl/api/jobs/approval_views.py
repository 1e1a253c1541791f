"""What an approver sees of a job, made of the checks of its approval."""

from typing import TYPE_CHECKING

from certctl.api.jobs.approval_schemas import (
    ApprovalProblemView,
    ApprovalView,
    GivenApprovalView,
    JobCsrView,
    PolicyFindingView,
)
from certctl.domain.errors import FieldProblem
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    # not at import: they load cryptography, which lists do not need
    from certctl.crypto.issuing.csr import CheckedCsr
    from certctl.domain.policies.rules import Breach
    from certctl.services.jobs.approvals import Approval, NamedApproval


def approval_view(approval: "Approval") -> ApprovalView:
    findings = approval.findings
    return ApprovalView(
        requested_by_name=approval.requester_name,
        approved_by_name=approval.approver_name,
        given=[_given_view(each) for each in approval.given],
        is_requested_by_caller=approval.is_requested_by_caller,
        obstacle=approval.obstacle,
        csr=_csr_view(approval.csr, approval.ignored_subject) if approval.csr else None,
        problems=[_problem_view(problem) for problem in findings.problems],
        policies=[_policy_view(breach) for breach in findings.breaches],
    )


def _given_view(named: "NamedApproval") -> GivenApprovalView:
    given = named.approval
    return GivenApprovalView(
        approved_by=given.key_id, approved_by_name=named.name, approved_at=to_wire(given.given_at)
    )


def _csr_view(csr: "CheckedCsr", ignored_subject: tuple[str, ...]) -> JobCsrView:
    return JobCsrView(
        common_name=csr.common_name,
        names=[str(name) for name in csr.names],
        key_type=csr.key_type,
        key_sha256=csr.spki_sha256,
        ignored_extensions=list(csr.ignored_extensions),
        ignored_subject=list(ignored_subject),
    )


def _problem_view(problem: FieldProblem) -> ApprovalProblemView:
    return ApprovalProblemView(field=problem.field, message=problem.message)


def _policy_view(breach: "Breach") -> PolicyFindingView:
    return PolicyFindingView(
        policy_id=breach.policy_id,
        policy_name=breach.policy_name,
        severity=breach.severity,
        message=breach.message,
        refuses=breach.severity.refuses,
    )
