"""What an approver sees of a job, on the wire."""

from typing import TypedDict

from certctl.domain.policies.statuses import PolicySeverity


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
