"""Alerts about policy violations."""

from certctl.domain.catalog.entries import Entry
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.policies.policies import Policy, Violation


def violation_alert(certificate: Certificate, violation: Violation) -> Alert:
    """The alert of a violation. All of one rule and certificate are one incident."""
    what = "was refused by" if violation.refused else "does not keep"
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.CRITICAL if violation.severity.refuses else Severity.WARNING,
        subject=subject_of(certificate),
        title=f"Certificate {certificate.name} {what} the policy {violation.policy_name}",
        message=f"{certificate.common_name} {what} {violation.policy_name}: {violation.message}.",
        incident=violation.policy_id,
    )


def evaluation_alert(policy: Entry[Policy], begun: int, standing: int) -> Alert:
    """The alert of an evaluation that found violations: one with counts, routed as alerts of the whole
    stack."""
    keeps = "certificate does" if standing == 1 else "certificates do"
    message = (
        f"The existing certificates were evaluated: {standing:,} {keeps} not keep {policy.name}, "
        f"{begun:,} of them newly found. No other alert is sent of them; the list of the policy's "
        "violations has each."
    )
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.CRITICAL if policy.content.severity.refuses else Severity.WARNING,
        subject=AlertSubject(SubjectKind.POLICY, policy.id, name=policy.name),
        title=f"{standing:,} {keeps} not keep the policy {policy.name}",
        message=message,
        incident=f"{policy.id}/{policy.revision}",
    )
