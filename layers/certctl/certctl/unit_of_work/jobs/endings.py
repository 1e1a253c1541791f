"""How a worker's jobs end: each with its audit event, its alert and its counters, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Claim, Nudge
from certctl.domain.insights.counters import CounterDelta
from certctl.domain.jobs import Job, JobStatus
from certctl.domain.notifications.alerts import Alert, issuance_failure_alert
from certctl.store.writes import Write
from certctl.unit_of_work.jobs.stops import settled_later
from certctl.unit_of_work.ledger import certificate_change, job_change
from certctl.unit_of_work.stores import Stores

if TYPE_CHECKING:
    from certctl.unit_of_work.discarded import (
        Unwanted,  # loads cryptography, which functions behind the API do not
    )

MAX_ERROR = 256


class JobEndings:
    """Each raises Conflict where the job is no longer held, or the certificate changed meanwhile."""

    def __init__(self, stores: Stores, actor: Actor) -> None:
        self._stores = stores
        self._actor = actor

    def end_steps(
        self,
        claim: Claim,
        job: Job,
        status: JobStatus,
        now: datetime,
        change: CounterDelta,
        error: str | None = None,
    ) -> list[Write]:
        """The job's row, and the counters of it and of its certificate; where it ends without a certificate,
        what is left to do of its order."""
        changed = job_change(job, replace(job, status=status))
        opened, counted = list[Write](), CounterDelta()
        if status is not JobStatus.COMPLETED and not job.is_for_issuer:
            opened, counted = settled_later(self._stores.jobs, job, now)
        return [
            self._stores.jobs.end_step(claim, status, now, error),
            *opened,
            *self._stores.ledger.count_steps(job.counted_with, change, changed, counted),
        ]

    def cancel(self, claim: Claim, job: Job, reason: str, now: datetime) -> None:
        after = replace(job, status=JobStatus.CANCELLED, last_error=reason)
        steps = self.end_steps(claim, job, JobStatus.CANCELLED, now, CounterDelta(), reason)
        event = self._stores.ledger.job_event(self._actor, "job_cancelled", job, after, now)
        self._stores.database.transact([*steps, event])

    def fail_issuance(
        self,
        claim: Claim,
        job: Job,
        certificate: Certificate,
        error: str,
        now: datetime,
        unwanted: "Unwanted | None" = None,
        also: Sequence[Write] = (),
    ) -> list[Nudge]:
        """For good: the record says so, and the alert is stored with it; so is the certificate that came and
        is not what was asked for. `also` goes with it."""
        after = certificate.failed(now, error)
        ledger = self._stores.ledger
        alerts, nudges = ledger.alert_steps(issuance_failure_alert(after, error), now)
        change = certificate_change(certificate, after)
        if unwanted is not None:
            change += unwanted.change
            job = replace(job, issuer_progress=None)  # nothing of its order is left to find out
        event = "certificate_issuance_failed"
        steps = [
            self._stores.certificates.save_step(certificate, after),
            *self.end_steps(claim, job, JobStatus.FAILED, now, change, error[:MAX_ERROR]),
            ledger.certificate_event(self._actor, event, certificate, after, now, error=error),
            *alerts,
            *(unwanted.steps if unwanted else ()),
            *also,
        ]
        self._stores.database.transact(steps)
        return nudges

    def unstarted_steps(
        self, job: Job, certificate: Certificate, error: str, now: datetime
    ) -> tuple[list[Write], list[Nudge]]:
        """As `fail_issuance`, of one that waited for what did not come, or for what was refused: nobody has
        claimed it, and nothing is ordered for it."""
        error = error[:MAX_ERROR]
        after, ended = certificate.failed(now, error), replace(job, status=JobStatus.FAILED, last_error=error)
        stores, ledger, event = self._stores, self._stores.ledger, "certificate_issuance_failed"
        alerts, nudges = ledger.alert_steps(issuance_failure_alert(after, error), now)
        about = {"job_id": job.id, "error": error}
        steps = [
            stores.jobs.stop_step(job, ended.status, now, error),
            stores.certificates.save_step(certificate, after),
            ledger.certificate_event(self._actor, event, certificate, after, now, **about),
            *ledger.count_steps(
                certificate.id, certificate_change(certificate, after), job_change(job, ended)
            ),
            *alerts,
        ]
        return steps, nudges

    def end_with(
        self,
        claim: Claim,
        job: Job,
        status: JobStatus,
        alerts: Sequence[Alert],
        now: datetime,
        error: str | None = None,
        also: Sequence[Write] = (),
        change: CounterDelta | None = None,
    ) -> list[Nudge]:
        """One that changes no certificate; `also` with its `change` of the counters goes with it."""
        steps, nudges = self._stores.ledger.steps_of_alerts(alerts, now)
        ended = self.end_steps(claim, job, status, now, change or CounterDelta(), error and error[:MAX_ERROR])
        self._stores.database.transact([*also, *ended, *steps])
        return nudges
