"""Deployments: jobs by which an agent installs a version where it is served."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.subjects import subject_of
from certctl.domain.notifications.alerts import Alert, resolve
from certctl.domain.notifications.notifications import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject
from certctl.domain.renewal.alerts import failure_resolves
from certctl.domain.times import in_words

LEASE = timedelta(minutes=10)
"""Enough for a configuration test, a reload and a handshake, and for all of it again in a rollback."""
MAX_TARGETS = 20
"""The most targets of a certificate that an agent deploys: all their jobs are written with the version."""
_OF_AGENT = "agent:"
_FAILURE = NotificationType.DEPLOYMENT_FAILURE


@dataclass(frozen=True)
class Place:
    """A target, or an agent's host, for people. `name` is the id if the name is unknown."""

    id: str
    name: str


@dataclass(frozen=True)
class DeployableVersion:
    """The issued certificate in PEM: the leaf, and its issuers in order."""

    certificate_id: str
    serial_number: str
    certificate_pem: str
    chain_pem: str
    fingerprint_sha256: str
    not_after: datetime


@dataclass(frozen=True)
class DeploymentClaim:
    """The right to run one deployment job until `lease_until`; `attempt` is reported with the result."""

    job_id: str
    attempt: int
    lease_until: datetime


@dataclass(frozen=True)
class Result:
    """The agent's report of an attempt. `served_fingerprint_sha256` is what a handshake showed afterwards.
    `untouched`: refused before anything was changed, for a reason that another attempt would meet again."""

    attempt: int
    succeeded: bool
    error: str = ""
    rolled_back: bool = False
    served_fingerprint_sha256: str | None = None
    untouched: bool = False

    @property
    def leaves_former(self) -> bool:
        """Whether the previous files are restored and served."""
        return self.rolled_back or self.untouched


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
