"""Alerts of deployments: those that failed, and agents that are silent."""

from collections.abc import Iterable
from datetime import datetime

from certctl.domain.agents.deployments import Place
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject
from certctl.domain.renewal.alerts import failure_resolves
from certctl.domain.times import in_words

_OF_AGENT = "agent:"
_FAILURE = NotificationType.DEPLOYMENT_FAILURE


def success_alert(certificate: Certificate, target: Place, serial: str) -> Alert:
    """The alert of a successful deployment, sent only if a rule asks for it (`routing.ASKED_FOR`)."""
    return Alert(
        type=NotificationType.DEPLOYMENT_SUCCESS,
        severity=Severity.INFO,
        subject=subject_of(certificate, serial),
        title=f"Certificate {certificate.name} was deployed to {target.name}",
        message=f"{certificate.common_name}, serial number {serial}, is in use on {target.name}.",
        incident=target.id,
    )


def failure_alert(
    certificate: Certificate, target: Place, serial: str, error: str, *, leaves_former: bool
) -> Alert:
    """The alert of a failed deployment. All failures on one target are one incident. A target whose rollback
    failed may serve nothing."""
    return Alert(
        type=_FAILURE,
        severity=Severity.WARNING if leaves_former else Severity.CRITICAL,
        subject=subject_of(certificate, serial),
        title=f"Certificate {certificate.name} could not be deployed to {target.name}",
        message=f"{certificate.common_name} was not deployed to {target.name}: {error}",
        incident=target.id,
    )


def ended_failure_alert(certificate: Certificate, target: Place, serial: str) -> Alert:
    success = success_alert(certificate, target, serial)
    return _ended(success.subject, target.id, success.title, success.message)


def undeployed_alert(certificate: Certificate, target: Place, why: str) -> Alert:
    """Resolves the incident of a target that is no longer deployed to; `why` is a clause such as "the target
    is disabled"."""
    title = f"Certificate {certificate.name} is not deployed to {target.name} any more"
    message = f"{certificate.common_name} is not deployed to {target.name} any more: {why}."
    return _ended(subject_of(certificate), target.id, title, message)


def _ended(subject: AlertSubject, target_id: str, title: str, message: str) -> Alert:
    return resolve(_FAILURE, subject, target_id, title, message, Severity.CRITICAL, Severity.WARNING)


def ended_incidents(certificate: Certificate, failed: Iterable[Place], end: str) -> list[Alert]:
    """Resolves every open incident of a certificate that has ended ("was archived"). `failed` are its
    `failed_targets`."""
    why = f"the certificate {end}"
    targets = [undeployed_alert(certificate, target, why) for target in failed]
    return [*failure_resolves(certificate, end), *targets]


def agent_in(incident: str) -> str | None:
    """The agent that an incident of `silent_agent_alert` is about; None for a target's incident."""
    return incident.removeprefix(_OF_AGENT) if incident.startswith(_OF_AGENT) else None


def silent_agent_alert(certificate: Certificate, agent: Place, since: datetime, waiting: int) -> Alert:
    """The alert of a silent agent, sent for one of the waiting certificates; one incident per agent."""
    return Alert(
        type=_FAILURE,
        severity=Severity.WARNING,
        subject=subject_of(certificate),
        title=f"Agent {agent.name} is offline",
        message=(
            f"Nothing was heard from agent {agent.name} since {in_words(since)}. "
            f"{waiting} of its jobs wait, that of {certificate.common_name} among them."
        ),
        incident=_OF_AGENT + agent.id,
    )


def agent_back_alert(certificate: Certificate, agent: Place) -> Alert:
    subject, title = subject_of(certificate), f"Agent {agent.name} is online"
    message = f"Agent {agent.name} is heard from again; its work goes on."
    return resolve(_FAILURE, subject, _OF_AGENT + agent.id, title, message, Severity.WARNING)
