"""finalize: from an order and a CSR to the job that issues (RFC 8555 section 7.4)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from certctl.crypto.acme.keys import jwk_of, thumbprint
from certctl.crypto.issuing.csr import CheckedCsr, parse_csr
from certctl.crypto.pem import csr_pem
from certctl.domain.acme.authorizations import Authorization
from certctl.domain.acme.eab_keys import AuthorizationMode, name_refusals
from certctl.domain.acme.ordering.certificates import origin_of
from certctl.domain.acme.ordering.refusals import busy, in_acme_terms, rate_limited
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.acme.views import AcmeCaller, OrderView
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import MAX_UNEXPIRED_VERSIONS, Version
from certctl.domain.errors import ChangedMeanwhile, CsrRejected
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import requested_job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.times import to_wire_or_none
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.orders import OrderStore
from certctl.store.acme.records import RecordStore
from certctl.store.paging import in_parallel
from certctl.store.writes import Write
from certctl.unit_of_work.acme.checks import CheckedOrder, OrderChecks, require_not_revoked
from certctl.unit_of_work.acme.orders import OrderReads
from certctl.unit_of_work.acme.records import NamedRecord, NamedRecords
from certctl.unit_of_work.certificates.archiving import Archiving
from certctl.unit_of_work.issuing.starting import IssuanceStarts, WithIt
from certctl.unit_of_work.stores import Stores

_PATIENCE = timedelta(seconds=8)
_PAUSE_SECONDS = 0.5
_TRIES = 4
_KEPT_AFTER_EXPIRY = timedelta(days=60)
_NEW_RECORD_AFTER = timedelta(days=1)
_BUSY = "Another order for these names is being processed."
_STRICTER = "The EAB key of this ACME account requires challenges by now: make a new order."
_ACCOUNT_KEY = "the key is that of an ACME account; make another one for the certificate"


class _Another(Exception):
    """Another job of the record has to end first."""


@dataclass(frozen=True)
class _Finalization:
    """One try: the order as read, with its CSR."""

    caller: AcmeCaller
    order: Order
    csr: CheckedCsr
    csr_sha256: str
    record: NamedRecord
    authorizations: Sequence[Authorization]
    now: datetime


@dataclass(frozen=True)
class Finalizing:
    stores: Stores
    orders: OrderStore
    accounts: AcmeAccountStore
    names: RecordStore
    records: NamedRecords
    reads: OrderReads
    checks: OrderChecks
    starts: IssuanceStarts
    archiving: Archiving
    now: Callable[[], datetime]
    sleep: Callable[[float], None]

    def finalize(self, caller: AcmeCaller, order_id: str, csr_der: bytes) -> OrderView:
        """Starts the issuance in one transaction. The same CSR again changes nothing. Awaits the job of
        another order for the same names, as long as clients wait. Raises AcmeProblem, Unavailable."""
        until, conflicts = self.now() + _PATIENCE, 0
        while True:
            try:
                return self._try(caller, order_id, csr_der)
            except _Another:
                if self.now() >= until:
                    raise busy(_BUSY) from None
                self.sleep(_PAUSE_SECONDS)
            except ChangedMeanwhile:
                conflicts += 1
                if conflicts == _TRIES:
                    raise busy("The record of these names keeps changing; try again.") from None

    def _try(self, caller: AcmeCaller, order_id: str, csr_der: bytes) -> OrderView:
        now, order = self.now(), self.reads.get(caller, order_id)
        digest = hashlib.sha256(csr_der).hexdigest()
        if order.finalized_at is not None:
            return self._again(order, digest, now)
        authorizations = self._ready(order, now)
        with in_acme_terms(order.identifiers):
            _require_current(caller, order)
            csr = _checked(order, csr_der)
            record, _ = in_parallel(
                lambda: self.records.find(caller, order.identifiers, order.profile_id),
                lambda: self._require_own_key(caller, csr),
            )
            return self._start(_Finalization(caller, order, csr, digest, record, authorizations, now))

    def _again(self, order: Order, digest: str, now: datetime) -> OrderView:
        if digest != order.csr_sha256:
            detail = "This order was finalized with another CSR: make a new order."
            raise AcmeProblem(ProblemType.ORDER_NOT_READY, detail)
        return self.reads.after_finalize(order, self.reads.job_of(order), now)

    def _ready(self, order: Order, now: datetime) -> Sequence[Authorization]:
        """The valid authorizations of an order that is ready; none if it is trusted. Raises AcmeProblem."""
        view = self.reads.before_finalize(order, now)
        if view.status is not OrderStatus.READY:
            why = f": {view.problem.detail}" if view.problem else "."
            raise AcmeProblem(ProblemType.ORDER_NOT_READY, f"This order is {view.status}{why}")
        return view.authorizations

    def _require_own_key(self, caller: AcmeCaller, csr: CheckedCsr) -> None:
        """RFC 8555 section 11.1: no certificate for the key of an ACME account. Raises CsrRejected."""
        jwk = jwk_of(csr.public_key)
        if jwk is None:
            return
        key = thumbprint(jwk)
        if key == caller.account.thumbprint or self.accounts.id_of_key(key) is not None:
            raise CsrRejected([_ACCOUNT_KEY])

    def _start(self, of: _Finalization) -> OrderView:
        order = of.order
        checked = self.checks.check(of.caller, order.identifiers, order.profile_id, of.record, of.csr, of.now)
        known = of.record.certificate
        if known is None:
            return self._create(of, checked)
        if of.record.is_left:
            return self._leave(of, known)
        return self._renew(of, checked, known)

    def _create(self, of: _Finalization, checked: CheckedOrder) -> OrderView:
        job = self._job(JobType.ISSUANCE, of, checked)
        after = _finalized(of, checked.certificate, job)
        also = WithIt(writes=self._steps(of, checked, after), details=_details(of))
        self.starts.create(of.caller.principal, checked.certificate, job, checked.effects, of.now, also)
        return self.reads.after_finalize(after, job, of.now)

    def _renew(self, of: _Finalization, checked: CheckedOrder, known: Certificate) -> OrderView:
        """Another version of the record."""
        open_job, unexpired = in_parallel(
            lambda: self.stores.jobs.get(known.open_job_id) if known.open_job_id else None,
            lambda: self.stores.certificates.unexpired_versions(known.id, of.now),
        )
        superseded = _superseded(of, open_job)
        if len(unexpired) >= MAX_UNEXPIRED_VERSIONS:
            return self._move_on(of, known, unexpired)
        job = self._job(JobType.RENEWAL, of, checked)
        after = _finalized(of, known, job)
        also = WithIt(
            writes=self._steps(of, checked, after),
            fields={"acme": origin_of(of.caller)},
            details=_details(of),
            superseded=superseded,
        )
        self.starts.renew(of.caller.principal, known, job, checked.effects, of.now, also)
        return self.reads.after_finalize(after, job, of.now)

    def _move_on(self, of: _Finalization, known: Certificate, unexpired: Sequence[Version]) -> OrderView:
        """The record is full: a client registers again at each start, and never reuses its certificate."""
        until = known.created_at + _NEW_RECORD_AFTER
        if of.now < until:
            detail = (
                f"There are {len(unexpired)} unexpired certificates for exactly these names, the limit. "
                f"The next one is issued from {until:%Y-%m-%dT%H:%M:%SZ} on. Does the client keep its files?"
            )
            raise rate_limited(detail, (until - of.now).total_seconds())
        return self._leave(of, known)

    def _leave(self, of: _Finalization, known: Certificate) -> OrderView:
        """Archives the record, whose versions stay valid. Then its names get a new one: a crash in between
        leaves that to the next try."""
        archive = self.archiving.read(known, of.now)
        self.archiving.write(of.caller.principal.actor, archive, of.now, _details(of))
        ended = replace(of, record=NamedRecord(of.record.key, known.id, None))
        return self._start(ended)

    def _job(self, kind: JobType, of: _Finalization, checked: CheckedOrder) -> Job:
        requester = Requester.of(of.caller.principal)
        return requested_job(kind, checked.certificate, requester, of.csr.pem, checked.rules, of.now)

    def _steps(self, of: _Finalization, checked: CheckedOrder, after: Order) -> list[Write]:
        until = of.now + checked.longest + _KEPT_AFTER_EXPIRY
        certificate_id = after.certificate_id or checked.certificate.id
        return [
            self.orders.replace_step(of.order, after),
            self.names.point_step(of.record.key, of.record.stored_id, certificate_id, until),
        ]


def _require_current(caller: AcmeCaller, order: Order) -> None:
    """What the EAB key allows now. Raises AcmeProblem."""
    key = caller.eab_key
    require_not_revoked(key)
    if order.is_trusted and key.authorization is AuthorizationMode.CHALLENGES:
        raise AcmeProblem(ProblemType.UNAUTHORIZED, _STRICTER)
    if order.profile_id not in key.profile_ids:
        detail = f"The EAB key of this ACME account has no profile {order.profile_id} any more."
        raise AcmeProblem(ProblemType.UNAUTHORIZED, detail)
    if refused := name_refusals(key, order.identifiers):
        raise AcmeProblem(ProblemType.UNAUTHORIZED, "; ".join(each.detail for each in refused))


def _checked(order: Order, csr_der: bytes) -> CheckedCsr:
    """The CSR, if it is for exactly the names of the order. Raises CsrRejected with each reason."""
    csr = parse_csr(csr_pem(csr_der))
    asked, ordered = {str(name) for name in csr.names}, set(order.sans)
    reasons = [f"{name} is not a name of this order" for name in sorted(asked - ordered)]
    reasons += [f"{name} is a name of this order and not of the CSR" for name in sorted(ordered - asked)]
    if reasons:
        raise CsrRejected(reasons)
    return csr


def _superseded(of: _Finalization, job: Job | None) -> list[Job]:
    """The open job of an earlier order of the same ACME account: the newest CSR is issued. Raises _Another
    for other open jobs, and for one that a worker holds."""
    if job is None or job.status.is_terminal:
        return []
    lease_until = job.due.lease_until
    is_held = job.status is JobStatus.RUNNING and lease_until is not None and lease_until > of.now
    if is_held or job.requested_by != of.caller.account.id:
        raise _Another
    return [job]


def _finalized(of: _Finalization, certificate: Certificate, job: Job) -> Order:
    return replace(
        of.order,
        certificate_id=certificate.id,
        job_id=job.id,
        csr_sha256=of.csr_sha256,
        finalized_at=of.now,
        revision=of.order.revision + 1,
    )


def _details(of: _Finalization) -> dict[str, Any]:
    """How each name was proven stays for as long as the trail: the authorizations are deleted."""
    return {
        "acme_account_id": of.caller.account.id,
        "acme_order_id": of.order.id,
        "eab_key_id": of.caller.eab_key.id,
        "authorization": of.order.mode.value,
        "validations": list(map(_validation, of.authorizations)),
    }


def _validation(authorization: Authorization) -> dict[str, Any]:
    return {
        "identifier": authorization.identifier.value,
        "method": authorization.answered,
        "validated_at": to_wire_or_none(authorization.validated_at),
        "addresses": list(authorization.addresses),
    }
