"""What an approver sees of a job, on the wire."""

from typing import TYPE_CHECKING, TypedDict

from certctl.domain.errors import FieldProblem
from certctl.domain.policies.policies import PolicySeverity
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    # not at import: they load cryptography, which lists do not need
    from certctl.crypto.issuing.csr import CheckedCsr
    from certctl.domain.policies.rules import Breach
    from certctl.services.jobs.approvals import Approval, NamedApproval


class JobCsrView(TypedDict):
    """The CSR that is signed. `key_type` is `RSA-<bits>`, `ECDSA-P256`, `ECDSA-P384` or `Ed25519`;
    `key_sha256` is the SHA-256 of its SubjectPublicKeyInfo."""

    common_name: str | None
    names: list[str]
    key_type: str
    key_sha256: str
    ignored_extensions: list[str]
    ignored_subject: list[str]


class PolicyFindingView(TypedDict):
    """`refuses`: an approval now would be refused, and the job would fail."""

    policy_id: str
    policy_name: str
    severity: PolicySeverity
    message: str
    refuses: bool


class GivenApprovalView(TypedDict):
    approved_by: str
    approved_by_name: str | None
    approved_at: str


class ApprovalProblemView(TypedDict):
    field: str
    message: str


class ApprovalView(TypedDict):
    """Names are null for a function of the stack and before an approval. `obstacle` is null for
    a caller who can approve the job by now. `given` are the approvals so far, oldest first. `csr` is null
    without an acceptable one. `problems` and `policies` are the result of the checks of an
    approval, as of now; empty once the job has been approved or has ended."""

    requested_by_name: str | None
    approved_by_name: str | None
    given: list[GivenApprovalView]
    is_requested_by_caller: bool
    obstacle: str | None
    csr: JobCsrView | None
    problems: list[ApprovalProblemView]
    policies: list[PolicyFindingView]


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
