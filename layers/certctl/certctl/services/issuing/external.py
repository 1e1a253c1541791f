"""The external issuer worker's use case: one claimed job, one step of its order.

Failures at each step, and their handling: see docs/issuers.md, "An order, step by step".
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from certctl.connectors.issuers.base import STEP_SECONDS
from certctl.crypto.issuing.csr import CheckedCsr, check_names_within, parse_csr
from certctl.crypto.issuing.external_chains import ChainRefused, ReceivedChain, check_chain, read_chain
from certctl.crypto.issuing.issuer_checks import copying_problems
from certctl.crypto.issuing.profile_checks import check_profile
from certctl.crypto.names import names_of
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.due_work import Claim
from certctl.domain.errors import Conflict, CsrRejected, InvalidInput
from certctl.domain.issuing.external import (
    EXTERNAL_WORKER,
    MAX_LOST_ATTEMPTS,
    PATIENCE,
    Issued,
    IssueOutcome,
    OrderRequest,
    Pending,
    Rejected,
    RenewalWindow,
    StartOver,
    Unknown,
    allowed_wait,
    terms_of,
)
from certctl.domain.issuing.orders import NO_ORDER, OrderState, order_after, order_of, stored_order
from certctl.domain.jobs.jobs import ClaimedJob, Job
from certctl.domain.jobs.new_jobs import settlement_of
from certctl.domain.jobs.statuses import JobType
from certctl.domain.policies.profiles import Profile
from certctl.domain.renewal.alerts import issuance_alerts
from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
from certctl.unit_of_work.issuing.discarded import discard, pem_of, version_of
from certctl.unit_of_work.issuing.external_work import ExternalWork, Setback
from certctl.unit_of_work.jobs.approved import require_unchanged
from certctl.unit_of_work.jobs.failures import cancel_claimed, fail_issuance

_WORK = timedelta(seconds=STEP_SECONDS + 10)
_HOLD_WAIT = timedelta(minutes=5)
_REFUSED = "the issuer's certificate was refused"


@dataclass(frozen=True)
class ExternalIssuance:
    common: ExternalWork
    clearance: IssuancePreconditions

    def attempt(self, claim: Claim, job: Job) -> None:
        """One step of a claimed job. Raises Unavailable if the store is down."""
        work = self.common.claimed(claim, job)
        if work is not None:
            self._attempt(work)

    def _attempt(self, work: ClaimedJob) -> None:
        if work.claim.lost and work.claim.retry_count >= MAX_LOST_ATTEMPTS:
            self._fail(work, work.job.last_error or "the worker stopped in every attempt")
        elif work.certificate.lifecycle is Lifecycle.ON_HOLD:
            self.common.stores.database.write_or_refuse(
                self.common.stores.jobs.postpone_step(work.claim, self.common.now() + _HOLD_WAIT)
            )
        elif not work.certificate.may_be_issued:
            self._cancel(work, f"the certificate is {work.certificate.lifecycle}")
        elif not work.claim.has_time(_WORK, self.common.now()):
            self.common.stores.jobs.due.give_back(work.claim)
        else:
            self._step(work)

    def _step(self, work: ClaimedJob) -> None:
        outcome = self.common.attempt(work, partial(self._asked, work))
        match outcome:
            case Setback():
                self._retry(work, outcome)
            case Pending():
                self._continue(work, outcome)
            case StartOver():
                self._start_over(work, outcome)
            case Rejected():
                self._fail(_settled(work) if outcome.nothing_signed else work, outcome.reason)
            case Unknown():
                self._fail_unknown(work, outcome.reason)
            case Issued():
                self._receive(work, outcome)

    def _request_of(self, work: ClaimedJob) -> CheckedCsr:
        csr = parse_csr(work.job.csr_pem or "")
        check_names_within(csr, names_of(work.certificate.common_name, work.certificate.sans))
        if not csr.names:
            raise InvalidInput("An external issuer needs the names in the signing request.")
        self.common.stores.requesters.require(work.job)
        if not self._order(work).progress:
            self._require_allowed(work, csr)
        return csr

    def _require_allowed(self, work: ClaimedJob, csr: CheckedCsr) -> None:
        """Issuer, profile and policies may have changed since the request; an order that was made
        continues."""
        profile = self.clearance.profile_of(work.certificate)
        check_profile(profile, csr.names, work.certificate.subject, csr)
        self._require_copyable(work, profile, csr)
        require_unchanged(work.job, work.certificate)
        if work.job.lacks_approvals(profile.approvals):
            raise InvalidInput(_lacking(work, profile.approvals))
        self.clearance.require(EXTERNAL_WORKER, work.certificate)
        refused = self.common.stores.refused_keys.reason_against(csr.spki_sha256)
        if refused is not None:
            raise CsrRejected([refused])

    def _require_copyable(self, work: ClaimedJob, profile: Profile, csr: CheckedCsr) -> None:
        """Raises CsrRejected."""
        book = self.clearance.references.book
        issuer = book.find(Kind.ISSUER, work.certificate.issuer_id)
        problems = copying_problems(issuer, book.kinds.issuers, work.certificate, profile, csr)
        if problems:
            raise CsrRejected([problem.message for problem in problems])

    def _order(self, work: ClaimedJob) -> OrderState:
        return order_of(work.job.issuer_progress)

    def _asked(self, work: ClaimedJob) -> IssueOutcome:
        try:
            return self._ordered(work, self._request_of(work))
        except InvalidInput as refusal:
            return Rejected(refusal.reasons)

    def _ordered(self, work: ClaimedJob, csr: CheckedCsr) -> IssueOutcome:
        issuer = self.common.issuer_of(work.certificate)
        names = tuple((name.kind.lower(), name.value) for name in csr.names)
        order = self._order(work)
        if not order.progress:
            terms = terms_of(self.clearance.profile_of(work.certificate), self.common.now())
            return issuer.submit(OrderRequest(csr.pem, names, self._replaced(work), terms=terms))
        is_repeated = work.claim.attempt > order.reported + 1
        return issuer.advance(OrderRequest(csr.pem, names, is_repeated=is_repeated), order.progress)

    def _replaced(self, work: ClaimedJob) -> str | None:
        serial = work.certificate.serial_number
        if serial is None:
            return None
        pem = self.common.stores.certificates.pem(work.certificate.id, serial)
        return pem.certificate_pem if pem else None

    def _continue(self, work: ClaimedJob, pending: Pending) -> None:
        progress = stored_order(order_after(pending, work.claim.attempt))
        if self._is_late(work):
            error = work.job.last_error or f"the issuer did not finish within {PATIENCE}"
            self._fail(replace(work, job=work.job.with_progress(progress)), error)
            return
        wait = allowed_wait(pending.wait)
        step = self.common.stores.jobs.order_step(work.claim, self.common.now() + wait, progress)
        self.common.stores.database.write_or_refuse(step)
        self.common.nudges.job(work.nudge, wait.total_seconds())

    def _start_over(self, work: ClaimedJob, outcome: StartOver) -> None:
        """What the lost order may leave is settled by a job of its own."""
        if self._is_late(work):
            self._fail(work, f"the issuer lost its orders for {PATIENCE}")
            return
        wait = allowed_wait(outcome.wait)
        unit = self.common.begin(work)
        unit.write(self.common.stores.jobs.order_step(work.claim, self.common.now() + wait, NO_ORDER))
        unit.create(*settlement_of(work.job, unit.now))
        unit.after_commit(partial(self.common.nudges.job, work.nudge, wait.total_seconds()))
        unit.commit()

    def _retry(self, work: ClaimedJob, setback: Setback) -> None:
        progress = self._stored_after(work, setback)
        if self._is_late(work):
            self._fail(replace(work, job=work.job.with_progress(progress)), setback.error)
            return
        self.common.retry(work, setback, progress)

    def _stored_after(self, work: ClaimedJob, setback: Setback) -> str | None:
        if setback.order is not None:
            return stored_order(order_after(setback.order, work.claim.attempt))
        order = replace(self._order(work), reported=work.claim.attempt)
        return stored_order(order) if order.progress else None

    def _is_late(self, work: ClaimedJob) -> bool:
        return self.common.now() > (work.job.started_at or work.job.created_at) + PATIENCE

    def _receive(self, work: ClaimedJob, issued: Issued) -> None:
        try:
            chain = read_chain(issued.chain_pem)
        except ChainRefused as refused:
            self._fail(work, f"{_REFUSED}: {refused}")
            return
        try:
            check_chain(issued.chain_pem, parse_csr(work.job.csr_pem or ""), self.common.now(), issued.faults)
        except ChainRefused as refused:
            self._refuse(work, chain, f"{_REFUSED}: {refused}")
        else:
            self._publish(work, chain, issued.window)

    def _refuse(self, work: ClaimedJob, chain: ReceivedChain, error: str) -> None:
        """Refuses a chain that was signed all the same: it is revoked. One whose serial is already known did
        not come from this order."""
        fresh = self.common.stores.certificates.get(work.certificate.id) or work.certificate
        routing = self.common.stores.prefetch(fresh)
        unit = self.common.begin(work)
        fail_issuance(unit, work.claim, _settled(work).job, fresh, error, routing)
        discard(unit, self.common.stores, EXTERNAL_WORKER, work.job, fresh, chain)
        try:
            unit.commit()
        except Conflict:
            self._fail(work, error)

    def _publish(self, work: ClaimedJob, chain: ReceivedChain, window: RenewalWindow | None) -> None:
        now = self.common.now()
        before = work.certificate
        version = version_of(work.job, before, chain, now)
        after = before.issued(version, now)
        if window is not None:
            asked = now + window.refresh_after
            after = replace(
                after,
                ari_start=window.start,
                ari_end=window.end,
                ari_refresh_at=asked,
                ari_campaign_id=None,
            )
        if work.job.type is JobType.RENEWAL:
            after = replace(after, last_renewal_at=now)
        alerts = issuance_alerts(before, after)
        routing = self.common.stores.routing_for(alerts, after)
        unit = self.common.begin(work)
        unit.save(before, after, event="certificate_issued")
        unit.write(*self.common.stores.certificates.record_steps(version, pem_of(work.job, before, chain)))
        unit.complete(work.claim, work.job, version.serial_number)
        unit.create(*self.common.stores.deployments.started(work.job, after, version, now))
        for alert in alerts:
            unit.alert(alert, routing)
        try:
            unit.commit()
        except Conflict:
            self._lost(work)

    def _lost(self, work: ClaimedJob) -> None:
        """Another worker took the job over, or the certificate changed concurrently: the order is read
        again."""
        if self.common.stores.jobs.was_completed_by(work.claim):
            return
        self.common.stores.jobs.due.give_back(work.claim)
        self.common.nudges.job(work.nudge)

    def _fail_unknown(self, work: ClaimedJob, reason: str) -> None:
        """The settlement that follows does not alert again."""
        doubtful = stored_order(replace(self._order(work), may_be_signed=True, is_alerted=True))
        fresh = self.common.stores.certificates.get(work.certificate.id) or work.certificate
        job, routing = work.job.with_progress(doubtful), self.common.stores.prefetch(fresh)
        unit = self.common.begin(work)
        fail_issuance(unit, work.claim, job, fresh, f"the issuer may have signed: {reason}", routing)
        unit.alert(self.common.unknown_order(work, reason), routing)
        unit.commit()

    def _fail(self, work: ClaimedJob, error: str) -> None:
        fresh = self.common.stores.certificates.get(work.certificate.id) or work.certificate
        routing = self.common.stores.prefetch(fresh)
        unit = self.common.begin(work)
        fail_issuance(unit, work.claim, work.job, fresh, error, routing)
        unit.commit()

    def _cancel(self, work: ClaimedJob, reason: str) -> None:
        unit = self.common.begin(work)
        cancel_claimed(unit, work.claim, work.job, reason)
        unit.commit()


def _settled(work: ClaimedJob) -> ClaimedJob:
    """Nothing is left to find out of the order."""
    return replace(work, job=work.job.with_progress(None))


def _lacking(work: ClaimedJob, required: int) -> str:
    wanted = "an approval" if required == 1 else f"{required} approvals"
    return f"The profile {work.certificate.certificate_profile_id} requires {wanted} by now: ask again."
