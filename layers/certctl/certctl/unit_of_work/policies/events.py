"""The audit events of violations, found under their policy."""

from certctl.domain.audit.events import facts
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.policies import Violation
from certctl.store.policies.violations import OpenViolation
from certctl.unit_of_work.effects import Event
from certctl.unit_of_work.resources import Resource


def violation_event(violation: Violation, certificate: Certificate) -> Event:
    """`certificate_id` is that of the new certificate if its creation was refused."""
    details = facts(violation) | {"certificate_id": certificate.id}
    return Event("policy_violated", Resource("policy", violation.policy_id, violation.team_id), details)


def end_event(ended: OpenViolation, why: str) -> Event:
    details = {"id": ended.violation_id, "certificate_id": ended.certificate_id, "reason": why}
    return Event("policy_violation_ended", Resource("policy", ended.policy_id, ended.team_id), details)
