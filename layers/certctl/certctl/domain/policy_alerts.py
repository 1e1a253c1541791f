"""What people are told of policies that are not kept."""

from certctl.domain.alerts import Alert
from certctl.domain.certificates import Certificate
from certctl.domain.notifications import NotificationType, Severity
from certctl.domain.policies import Violation


def violation_alert(certificate: Certificate, violation: Violation) -> Alert:
    """Of one rule and certificate all are one incident."""
    what = "was refused by" if violation.refused else "does not keep"
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.CRITICAL if violation.severity.refuses else Severity.WARNING,
        subject=f"Certificate {certificate.name} {what} the policy {violation.policy_name}",
        message=f"{certificate.common_name} {what} {violation.policy_name}: {violation.message}.",
        certificate=certificate,
        serial=certificate.serial_number,
        incident=violation.policy_id,
    )
