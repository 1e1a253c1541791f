"""What all jobs at external issuers share: the issuer, the wait until the next attempt, the end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.connectors.issuers.base import ExternalIssuer, IssuerUnavailable
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Claim
from certctl.domain.errors import AwsRefusal, InvalidInput, Unavailable
from certctl.domain.issuing.external import (
    EXTERNAL_WORKER,
    OUTAGE_SCHEDULE,
    REVOCATION_PATIENCE,
    Pending,
    allowed_wait,
)
from certctl.domain.jobs.jobs import ClaimedJob, Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.alerts import Alert
from certctl.domain.revocation.alerts import issuer_revocation_alert, unknown_order_alert
from certctl.store.writes import Write
from certctl.unit_of_work.issuing.issuers import ExternalIssuers
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import MAX_ERROR, UnitOfWork
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class Setback:
    """An attempt without a result."""

    error: str
    asked_wait: timedelta = timedelta()
    """The wait that the issuer asked for, within `allowed_wait`."""
    order: Pending | None = None
    """The order as it is now, if the failure has changed it."""


@dataclass(frozen=True)
class ExternalWork:
    stores: Stores
    units: Units
    nudges: Nudges
    issuers: ExternalIssuers
    now: Callable[[], datetime]
    random: Callable[[], float]

    def claimed(self, claim: Claim, job: Job) -> ClaimedJob | None:
        """The job with its certificate; None if it has none."""
        certificate = self.stores.certificate_of(job)
        return None if certificate is None else ClaimedJob(claim, job, certificate)

    def is_given_up(self, job: Job) -> bool:
        """Whether a revocation or a settlement has waited for its issuer long enough."""
        return self.now() - job.created_at > REVOCATION_PATIENCE

    def issuer_of(self, certificate: Certificate) -> ExternalIssuer:
        """Raises Unavailable for an issuer that is disabled or gone, InvalidInput for one whose configuration
        cannot work."""
        issuer = self.issuers.find(certificate.issuer_id)
        if issuer is None:
            raise Unavailable(f"The issuer {certificate.issuer_id} is disabled, or is gone.")
        return issuer

    def attempt[O](self, work: ClaimedJob, step: Callable[[], O]) -> O | Setback:
        """The result of `step`, or why there is none yet. Raises failures that postpone the job."""
        try:
            return step()
        except (Unavailable, AwsRefusal, InvalidInput) as failure:
            if work.job.is_postponed_by(failure, self.now()):
                raise
            return _setback(failure)

    def _wait_after(self, work: ClaimedJob, setback: Setback) -> timedelta:
        """The pause of an outage, or the longer wait that the issuer asked for."""
        pause = OUTAGE_SCHEDULE.jittered_wait_after(work.claim.retry_count, self.random)
        return max(timedelta(seconds=pause), setback.asked_wait)

    def retry(self, work: ClaimedJob, setback: Setback, progress: str | None = None) -> None:
        """An outage spends time, not attempts."""
        wait = self._wait_after(work, setback)
        self.stores.database.write_or_refuse(self._retry_step(work, setback, wait, progress))
        self.nudges.job(work.nudge, wait.total_seconds())

    def _retry_step(
        self, work: ClaimedJob, setback: Setback, wait: timedelta, progress: str | None = None
    ) -> Write:
        return self.stores.jobs.retry_step(work.claim, self.now() + wait, setback.error[:MAX_ERROR], progress)

    def retry_with_alert(self, work: ClaimedJob, setback: Setback, progress: str, alert: Alert) -> None:
        """Retries, with an alert in the same transaction."""
        wait, routing = self._wait_after(work, setback), self.stores.prefetch(work.certificate)
        unit = self.begin(work)
        unit.write(self._retry_step(work, setback, wait, progress))
        unit.alert(alert, routing)
        unit.after_commit(partial(self.nudges.job, work.nudge, wait.total_seconds()))
        unit.commit()

    def begin(self, work: ClaimedJob) -> UnitOfWork:
        return self.units.begin(EXTERNAL_WORKER, work.certificate.id, self.now())

    def complete(self, work: ClaimedJob) -> None:
        unit = self.begin(work)
        unit.end(work.claim, work.job, JobStatus.COMPLETED)
        unit.commit()

    def unknown_order(self, work: ClaimedJob, why: str) -> Alert:
        return unknown_order_alert(work.certificate, self._issuer_name(work), why)

    def not_revoked(self, work: ClaimedJob, why: str) -> Alert:
        return issuer_revocation_alert(work.certificate, self._issuer_name(work), why)

    def _issuer_name(self, work: ClaimedJob) -> str:
        return self.stores.names.issuer(work.certificate.issuer_id)

    def alert(self, unit: UnitOfWork, work: ClaimedJob, why: str) -> None:
        """The issuer has not revoked the certificate."""
        unit.alert(self.not_revoked(work, why), self.stores.prefetch(work.certificate))


def _setback(failure: Exception) -> Setback:
    if not isinstance(failure, IssuerUnavailable):
        return Setback(str(failure))
    return Setback(str(failure), allowed_wait(failure.retry_after or timedelta()), failure.order)
