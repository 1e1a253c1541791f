"""Settles orders whose jobs ended early: what was signed is recorded, and revoked."""

from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.crypto.issuing.external_chains import ChainRefused, ReceivedChain, read_chain
from certctl.domain.due_work import Claim
from certctl.domain.errors import AwsRefusal, InvalidInput, Unavailable
from certctl.domain.issuing.external import (
    EXTERNAL_WORKER,
    OUTAGE_SCHEDULE,
    REVOCATION_PATIENCE,
    Issued,
    IssueOutcome,
    Pending,
    Rejected,
)
from certctl.domain.jobs import ClaimedJob, Job, JobStatus
from certctl.domain.notifications.alerts import issuer_revocation_alert
from certctl.unit_of_work.discarded import discard
from certctl.unit_of_work.issuing import ExternalIssuers
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import MAX_ERROR, UnitOfWork, Units


class OrderReconciliation:
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
        if claim.lost and self._is_given_up(job):
            self._give_up(work, job.last_error or "the worker stopped in its last attempts")
            return
        try:
            outcome = self._asked(work)
        except (Unavailable, AwsRefusal, InvalidInput) as failure:
            if job.is_postponed_by(failure, self._now()):
                raise
            self._retry(work, str(failure))
        else:
            self._settle(work, outcome)

    def _asked(self, work: ClaimedJob) -> IssueOutcome:
        issuer = self._issuers.find(work.certificate.issuer_id)
        if issuer is None:
            raise Unavailable(f"The issuer {work.certificate.issuer_id} is disabled, or is gone.")
        return issuer.settle(work.progress)

    def _settle(self, work: ClaimedJob, outcome: IssueOutcome) -> None:
        match outcome:
            case Pending():
                self._again(work, outcome.retry_after, "the order is not finished")
            case Rejected():
                self._end(work)
            case Issued():
                self._receive(work, outcome)

    def _receive(self, work: ClaimedJob, issued: Issued) -> None:
        try:
            chain = read_chain(issued.chain_pem)
        except ChainRefused as refused:
            self._retry(work, str(refused))
        else:
            self._record(work, chain)

    def _record(self, work: ClaimedJob, chain: ReceivedChain) -> None:
        if self._is_known(work, chain):
            self._end(work)
            return
        unit = self._begin(work)
        discard(unit, self._stores, EXTERNAL_WORKER, work.job, work.certificate, chain)
        unit.end(work.claim, work.job, JobStatus.COMPLETED)
        unit.commit()

    def _is_known(self, work: ClaimedJob, chain: ReceivedChain) -> bool:
        """An earlier attempt recorded it, or it was published when its job was given up."""
        return self._stores.certificates.pem(work.certificate.id, chain.serial_number) is not None

    def _end(self, work: ClaimedJob) -> None:
        unit = self._begin(work)
        unit.end(work.claim, work.job, JobStatus.COMPLETED)
        unit.commit()

    def _retry(self, work: ClaimedJob, error: str) -> None:
        wait = OUTAGE_SCHEDULE.jittered_wait_after(work.claim.retry_count, self._random)
        self._again(work, timedelta(seconds=wait), error)

    def _again(self, work: ClaimedJob, wait: timedelta, error: str) -> None:
        if self._is_given_up(work.job):
            self._give_up(work, error)
            return
        step = self._stores.jobs.retry_step(work.claim, self._now() + wait, error[:MAX_ERROR])
        self._stores.database.write_or_refuse(step)
        self._nudges.job(work.nudge, wait.total_seconds())

    def _issuer_name(self, work: ClaimedJob) -> str:
        return self._stores.names.issuer(work.certificate.issuer_id)

    def _is_given_up(self, job: Job) -> bool:
        return self._now() - job.created_at > REVOCATION_PATIENCE

    def _give_up(self, work: ClaimedJob, error: str) -> None:
        """An administrator has to check the issuer's own records."""
        why = f"the result of a cancelled order is not known: {error}"
        alert = issuer_revocation_alert(work.certificate, self._issuer_name(work), why)
        routing = self._stores.prefetch(work.certificate)
        unit = self._begin(work)
        unit.end(work.claim, work.job, JobStatus.FAILED, error)
        unit.alert(alert, routing)
        unit.commit()

    def _begin(self, work: ClaimedJob) -> UnitOfWork:
        return self._units.begin(EXTERNAL_WORKER, work.certificate.id, self._now())
