"""Settles orders whose jobs ended early: what was signed is recorded, and revoked."""

from dataclasses import dataclass, replace
from functools import partial

from certctl.crypto.issuing.external_chains import ChainRefused, ReceivedChain, read_chain
from certctl.domain.due_work import Claim
from certctl.domain.issuing.external import (
    EXTERNAL_WORKER,
    Issued,
    NothingSigned,
    SettleOutcome,
    StillOpen,
    Unknown,
    allowed_wait,
)
from certctl.domain.issuing.orders import order_of, stored_order
from certctl.domain.jobs.jobs import ClaimedJob, Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.unit_of_work.issuing.discarded import discard
from certctl.unit_of_work.issuing.external_work import ExternalWork, Setback


@dataclass(frozen=True)
class OrderReconciliation:
    common: ExternalWork

    def attempt(self, claim: Claim, job: Job) -> None:
        """Raises Unavailable if the store is down."""
        work = self.common.claimed(claim, job)
        if work is None:
            return
        if claim.lost and self.common.is_given_up(job):
            self._give_up(work, job.last_error or "the worker stopped in its last attempts")
            return
        self._attempt(work)

    def _attempt(self, work: ClaimedJob) -> None:
        outcome = self.common.attempt(work, partial(self._asked, work))
        match outcome:
            case Setback():
                self._retry(work, outcome)
            case StillOpen():
                self._retry(work, Setback("the order is not finished", allowed_wait(outcome.wait)))
            case Unknown():
                self._retry_unknown(work, outcome.reason)
            case NothingSigned():
                self.common.complete(work)
            case Issued():
                self._receive(work, outcome)

    def _asked(self, work: ClaimedJob) -> SettleOutcome:
        order = order_of(work.job.issuer_progress)
        return self.common.issuer_of(work.certificate).settle(order.progress)

    def _receive(self, work: ClaimedJob, issued: Issued) -> None:
        try:
            chain = read_chain(issued.chain_pem)
        except ChainRefused as refused:
            self._retry(work, Setback(str(refused)))
        else:
            self._record(work, chain)

    def _record(self, work: ClaimedJob, chain: ReceivedChain) -> None:
        if self._is_known(work, chain):
            self.common.complete(work)
            return
        unit = self.common.begin(work)
        discard(unit, self.common.stores, EXTERNAL_WORKER, work.job, work.certificate, chain)
        unit.end(work.claim, work.job, JobStatus.COMPLETED)
        unit.commit()

    def _is_known(self, work: ClaimedJob, chain: ReceivedChain) -> bool:
        """An earlier attempt recorded it, or it was published when its job was given up."""
        return self.common.stores.certificates.pem(work.certificate.id, chain.serial_number) is not None

    def _retry(self, work: ClaimedJob, setback: Setback) -> None:
        if self.common.is_given_up(work.job):
            self._give_up(work, setback.error)
        else:
            self.common.retry(work, setback)

    def _retry_unknown(self, work: ClaimedJob, reason: str) -> None:
        """Alerts a person, once. The settlement goes on, since the issuer may find the certificate later."""
        order, setback = order_of(work.job.issuer_progress), Setback(reason)
        if order.is_alerted or self.common.is_given_up(work.job):
            self._retry(work, setback)
            return
        alerted = stored_order(replace(order, is_alerted=True))
        self.common.retry_with_alert(work, setback, alerted, self.common.unknown_order(work, reason))

    def _give_up(self, work: ClaimedJob, error: str) -> None:
        """An administrator has to check the issuer's own records."""
        unit = self.common.begin(work)
        unit.end(work.claim, work.job, JobStatus.FAILED, error)
        unit.alert(self.common.unknown_order(work, error), self.common.stores.prefetch(work.certificate))
        unit.commit()
