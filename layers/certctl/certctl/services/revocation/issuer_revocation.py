"""Sends revocations to external issuers: one certificate per attempt, until the issuer has responded."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate, Version, VersionState
from certctl.domain.due_work import Claim
from certctl.domain.errors import AwsRefusal, InvalidInput, Unavailable
from certctl.domain.issuing.external import (
    EXTERNAL_WORKER,
    OUTAGE_SCHEDULE,
    REVOCATION_OVERDUE,
    REVOCATION_PATIENCE,
    Rejected,
    RevocationConfirmed,
    RevocationOutcome,
    RevocationState,
    is_external,
)
from certctl.domain.jobs import ClaimedJob, Job, JobStatus
from certctl.domain.notifications.alerts import Alert, issuer_revocation_alert
from certctl.domain.revocation.revocations import REASON_CODES, Revocation
from certctl.unit_of_work.issuing import ExternalIssuers
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import certificate_resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import MAX_ERROR, UnitOfWork, Units

_STOPPED = "the worker stopped in its last attempts"
_ALERTED = json.dumps({"alerted": True})


class IssuerRevocation:
    def __init__(
        self,
        stores: Stores,
        units: Units,
        nudges: Nudges,
        issuers: ExternalIssuers,
        now: Callable[[], datetime],
        random: Callable[[], float],
    ) -> None:
        self._stores = stores
        self._units = units
        self._nudges = nudges
        self._issuers = issuers
        self._now = now
        self._random = random

    def attempt(self, claim: Claim, job: Job) -> None:
        """Raises Unavailable if the store is down."""
        certificate = self._stores.certificate_of(job)
        if certificate is None:
            return
        work = ClaimedJob(claim, job, certificate)
        waiting = self._waiting(certificate)
        if not waiting:
            self._end(work)
            return
        if claim.lost and self._is_given_up(job):
            self._give_up(work, [mark for _, mark in waiting], job.last_error or _STOPPED)
            return
        try:
            outcome = self._revoke_at_issuer(certificate, *waiting[0])
        except (Unavailable, AwsRefusal, InvalidInput) as failure:
            if job.is_postponed_by(failure, self._now()):
                raise
            self._retry(work, str(failure))
        else:
            self._settle(work, waiting[0][1], outcome, is_last=len(waiting) == 1)

    def _waiting(self, certificate: Certificate) -> list[tuple[Version, Revocation]]:
        """Revoked here, but not yet at the issuer. Expired ones are irrelevant."""
        versions = self._stores.certificates.unexpired_versions(certificate.id, self._now())
        ours = [v for v in versions if is_external(v.ca_id) and v.state is VersionState.ISSUED]
        marks = self._stores.marks_of(ours)
        marked = [(v, marks[v.serial_number]) for v in ours if v.serial_number in marks]
        return [(v, mark) for v, mark in marked if mark.issuer_revocation is RevocationState.PENDING]

    def _revoke_at_issuer(
        self, certificate: Certificate, version: Version, mark: Revocation
    ) -> RevocationOutcome:
        issuer = self._issuers.find(certificate.issuer_id)
        pem = self._stores.certificates.pem(certificate.id, version.serial_number)
        if issuer is None or pem is None:
            raise Unavailable(f"The issuer {certificate.issuer_id} is disabled, or is gone.")
        return issuer.revoke(pem.certificate_pem, REASON_CODES[mark.reason])

    def _settle(
        self, work: ClaimedJob, mark: Revocation, outcome: RevocationOutcome, *, is_last: bool
    ) -> None:
        match outcome:
            case RevocationConfirmed():
                self._confirm(work, mark, is_last=is_last)
            case Rejected():
                self._give_up(work, [mark], outcome.reason)

    def _confirm(self, work: ClaimedJob, mark: Revocation, *, is_last: bool) -> None:
        unit = self._begin(work)
        self._record(unit, work.certificate, mark, RevocationState.CONFIRMED)
        if is_last:
            unit.end(work.claim, work.job, JobStatus.COMPLETED)
        else:
            unit.write(self._stores.jobs.postpone_step(work.claim, self._now()))
            unit.after_commit(partial(self._nudges.job, work.nudge))
        unit.commit()

    def _end(self, work: ClaimedJob) -> None:
        unit = self._begin(work)
        unit.end(work.claim, work.job, JobStatus.COMPLETED)
        unit.commit()

    def _record(
        self, unit: UnitOfWork, certificate: Certificate, mark: Revocation, state: RevocationState
    ) -> None:
        unit.write(self._stores.revocations.settle_step(mark, state))
        details = changes(certificate, certificate) | {"serial_number": mark.serial_number}
        unit.event(f"certificate_revocation_{state}", certificate_resource(certificate), details)

    def _give_up(self, work: ClaimedJob, marks: list[Revocation], error: str) -> None:
        """Permanent, with an alert: an administrator has to contact the issuer."""
        alert = self._alert(work, f"the issuer refused: {error}")
        routing = self._stores.prefetch(work.certificate)
        unit = self._begin(work)
        for mark in marks:
            self._record(unit, work.certificate, mark, RevocationState.FAILED)
        unit.end(work.claim, work.job, JobStatus.FAILED, error)
        unit.alert(alert, routing)
        unit.commit()

    def _retry(self, work: ClaimedJob, error: str) -> None:
        age = self._now() - work.job.created_at
        if self._is_given_up(work.job):
            self._give_up(work, [mark for _, mark in self._waiting(work.certificate)], error)
            return
        wait = OUTAGE_SCHEDULE.jittered_wait_after(work.claim.retry_count, self._random)
        progress = _ALERTED if self._is_overdue(work, age) else None
        due_at = self._now() + timedelta(seconds=wait)
        unit = self._begin(work)
        unit.write(self._stores.jobs.retry_step(work.claim, due_at, error[:MAX_ERROR], progress))
        if progress is not None:
            unit.alert(self._alert(work, error), self._stores.prefetch(work.certificate))
        unit.after_commit(partial(self._nudges.job, work.nudge, wait))
        unit.commit()

    def _is_given_up(self, job: Job) -> bool:
        return self._now() - job.created_at > REVOCATION_PATIENCE

    def _is_overdue(self, work: ClaimedJob, age: timedelta) -> bool:
        """Alerted once."""
        return age > REVOCATION_OVERDUE and work.job.issuer_progress != _ALERTED

    def _alert(self, work: ClaimedJob, error: str) -> Alert:
        issuer = self._stores.names.issuer(work.certificate.issuer_id)
        return issuer_revocation_alert(work.certificate, issuer, error)

    def _begin(self, work: ClaimedJob) -> UnitOfWork:
        return self._units.begin(EXTERNAL_WORKER, work.certificate.id, self._now())
