"""Sends revocations to external issuers: one certificate per attempt, until the issuer has responded."""

import json
from dataclasses import dataclass
from functools import partial

from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.due_work import Claim
from certctl.domain.errors import Unavailable
from certctl.domain.issuing.external import (
    REVOCATION_OVERDUE,
    ReasonRefused,
    Rejected,
    RevocationConfirmed,
    RevocationOutcome,
)
from certctl.domain.issuing.external_cas import RevocationState, is_external
from certctl.domain.jobs.jobs import ClaimedJob, Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.alerts import other_reason_alert
from certctl.domain.revocation.issuer_reasons import (
    NEXT_REASONS,
    is_to_be_reported,
    reason_code,
    refused_before,
)
from certctl.domain.revocation.revocations import Revocation
from certctl.unit_of_work.issuing.external_work import ExternalWork, Setback
from certctl.unit_of_work.resources import certificate_resource
from certctl.unit_of_work.unit import UnitOfWork

_STOPPED = "the worker stopped in its last attempts"
_ALERTED = json.dumps({"alerted": True})


@dataclass(frozen=True)
class IssuerRevocation:
    common: ExternalWork

    def attempt(self, claim: Claim, job: Job) -> None:
        """Raises Unavailable if the store is down."""
        work = self.common.claimed(claim, job)
        if work is None:
            return
        waiting = self._waiting(work.certificate)
        if not waiting:
            self.common.complete(work)
            return
        if claim.lost and self.common.is_given_up(job):
            self._give_up(work, [mark for _, mark in waiting], job.last_error or _STOPPED)
            return
        self._attempt(work, waiting)

    def _attempt(self, work: ClaimedJob, waiting: list[tuple[Version, Revocation]]) -> None:
        (version, mark), is_last = waiting[0], len(waiting) == 1
        outcome = self.common.attempt(work, partial(self._revoked, work.certificate, version, mark))
        match outcome:
            case Setback():
                self._retry(work, outcome)
            case RevocationConfirmed():
                self._confirm(work, mark, outcome, is_last=is_last)
            case ReasonRefused():
                self._ask_otherwise(work, mark, outcome, is_last=is_last)
            case Rejected():
                self._refuse(work, mark, outcome.reason, is_last=is_last)

    def _waiting(self, certificate: Certificate) -> list[tuple[Version, Revocation]]:
        """Revoked here, but not yet at the issuer. Expired ones are irrelevant."""
        versions = self.common.stores.certificates.unexpired_versions(certificate.id, self.common.now())
        ours = [v for v in versions if is_external(v.ca_id) and v.state is VersionState.ISSUED]
        marks = self.common.stores.marks_of(ours)
        marked = [(v, marks[v.serial_number]) for v in ours if v.serial_number in marks]
        return [(v, mark) for v, mark in marked if mark.issuer_revocation is RevocationState.PENDING]

    def _revoked(self, certificate: Certificate, version: Version, mark: Revocation) -> RevocationOutcome:
        issuer = self.common.issuer_of(certificate)
        pem = self.common.stores.certificates.pem(certificate.id, version.serial_number)
        if pem is None:
            raise Unavailable(f"The certificate {version.serial_number} has no PEM.")
        return issuer.revoke(pem.certificate_pem, reason_code(mark.reason_for_issuer))

    def _confirm(
        self, work: ClaimedJob, mark: Revocation, confirmed: RevocationConfirmed, *, is_last: bool
    ) -> None:
        reason = None if confirmed.was_revoked else mark.reason_for_issuer
        unit = self.common.begin(work)
        self._record(unit, work.certificate, mark, RevocationState.CONFIRMED, reason)
        if is_to_be_reported(mark.reason, reason):
            self._alert_of_reason(unit, work, mark, reason)
        if is_last:
            unit.end(work.claim, work.job, JobStatus.COMPLETED)
        else:
            self._go_on(unit, work)
        unit.commit()

    def _ask_otherwise(
        self, work: ClaimedJob, mark: Revocation, refused: ReasonRefused, *, is_last: bool
    ) -> None:
        """The next attempt has the nearest reason that the issuer has not refused yet."""
        reason = NEXT_REASONS.get(mark.reason_for_issuer)
        if reason is None:
            self._refuse(work, mark, refused.detail, is_last=is_last)
            return
        unit = self.common.begin(work)
        unit.write(self.common.stores.revocations.ask_again_step(mark, reason))
        self._go_on(unit, work)
        unit.commit()

    def _refuse(self, work: ClaimedJob, mark: Revocation, error: str, *, is_last: bool) -> None:
        """Permanent for one certificate; the others of the job go on."""
        if is_last:
            self._give_up(work, [mark], error)
            return
        unit = self.common.begin(work)
        self._record(unit, work.certificate, mark, RevocationState.FAILED, mark.reason_for_issuer)
        self.common.alert(unit, work, f"the issuer refused: {error}")
        self._go_on(unit, work)
        unit.commit()

    def _go_on(self, unit: UnitOfWork, work: ClaimedJob) -> None:
        """Has the job attempted again at once, without a failed attempt."""
        unit.write(self.common.stores.jobs.postpone_step(work.claim, self.common.now()))
        unit.after_commit(partial(self.common.nudges.job, work.nudge))

    def _record(
        self,
        unit: UnitOfWork,
        certificate: Certificate,
        mark: Revocation,
        state: RevocationState,
        reason: str | None,
    ) -> None:
        unit.write(self.common.stores.revocations.settle_step(mark, state, reason, self.common.now()))
        details = changes(certificate, certificate) | _facts(mark, reason)
        unit.event(f"certificate_revocation_{state}", certificate_resource(certificate), details)

    def _alert_of_reason(
        self, unit: UnitOfWork, work: ClaimedJob, mark: Revocation, reason: str | None
    ) -> None:
        issuer = self.common.stores.names.issuer(work.certificate.issuer_id)
        alert = other_reason_alert(work.certificate, issuer, mark, reason)
        unit.alert(alert, self.common.stores.prefetch(work.certificate))

    def _give_up(self, work: ClaimedJob, marks: list[Revocation], error: str) -> None:
        """Permanent, with an alert: an administrator has to contact the issuer."""
        unit = self.common.begin(work)
        for mark in marks:
            self._record(unit, work.certificate, mark, RevocationState.FAILED, mark.reason_for_issuer)
        unit.end(work.claim, work.job, JobStatus.FAILED, error)
        self.common.alert(unit, work, f"the issuer refused: {error}")
        unit.commit()

    def _retry(self, work: ClaimedJob, setback: Setback) -> None:
        if self.common.is_given_up(work.job):
            self._give_up(work, [mark for _, mark in self._waiting(work.certificate)], setback.error)
        elif self._is_to_be_alerted(work, setback):
            alert = self.common.not_revoked(work, setback.error)
            self.common.retry_with_alert(work, setback, _ALERTED, alert)
        else:
            self.common.retry(work, setback)

    def _is_to_be_alerted(self, work: ClaimedJob, setback: Setback) -> bool:
        """Alerted once: if it is overdue, or will be before the issuer may be asked again."""
        age = self.common.now() - work.job.created_at + setback.asked_wait
        return age > REVOCATION_OVERDUE and work.job.issuer_progress != _ALERTED


def _facts(mark: Revocation, reason: str | None) -> dict[str, object]:
    """The facts for the audit trail: what the issuer was asked with, unless that is not known."""
    serial: dict[str, object] = {"serial_number": mark.serial_number}
    if reason is None:
        return serial
    refused = refused_before(mark.reason, reason)
    return {**serial, "issuer_reason": reason, **({"refused_reasons": refused} if refused else {})}
