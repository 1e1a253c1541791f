"""Decides whether an alert is still relevant, so that a solved problem pages nobody."""

from collections.abc import Callable
from dataclasses import dataclass

from certctl.domain.agents.deployment_alerts import agent_in
from certctl.domain.certificates.certificates import NO_VERSION, Certificate
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationType
from certctl.domain.revocation.alerts import reports_hold
from certctl.store.agents.states import AgentStateStore
from certctl.store.certificates.certificates import CertificateStore

_ABOUT_ONE_VERSION = (NotificationType.EXPIRATION_WARNING, NotificationType.RENEWAL_FAILURE)


@dataclass(frozen=True)
class AlertRelevance:
    certificates: CertificateStore
    agents: AgentStateStore

    def is_resolved(self, notification: Notification) -> bool:
        """Returns whether a trigger's problem is over. That of a version ends with the version (a newer one,
        a revocation, or the archive), a failed deployment's with its success, an agent's silence with its
        next heartbeat. A hold ends with its release: its alert must not follow its own resolve."""
        if notification.action is not Action.TRIGGER or notification.certificate_id is None:
            return False
        incident = notification.dedup_key.rpartition("/")[2]
        is_of_deployment = notification.type is NotificationType.DEPLOYMENT_FAILURE
        if is_of_deployment and (agent_id := agent_in(incident)):
            return self._is_agent_back(agent_id)
        if reports_hold(notification):
            return self._is_over(notification, lambda certificate: certificate.may_be_issued)
        if is_of_deployment:
            return self._is_over(notification, lambda certificate: incident not in certificate.failed_targets)
        return notification.type in _ABOUT_ONE_VERSION and self._is_over(
            notification, lambda certificate: _is_version_over(certificate, incident)
        )

    def _is_over(self, notification: Notification, ends: Callable[[Certificate], bool]) -> bool:
        """Returns False if the certificate does not exist."""
        certificate = self.certificates.get(notification.certificate_id or "")
        return certificate is not None and ends(certificate)

    def _is_agent_back(self, agent_id: str) -> bool:
        """A retired agent has no state and no longer counts as silent."""
        state = self.agents.get_many([agent_id]).get(agent_id)
        return state is None or state.alerted_at is None


def _is_version_over(certificate: Certificate, serial: str) -> bool:
    return certificate.lifecycle.has_ended or (certificate.serial_number or NO_VERSION) != serial
