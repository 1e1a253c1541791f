"""Orders of ACME clients: made, and read until they have their certificate (RFC 8555 section 7.4)."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from certctl.crypto.acme.cert_ids import parse_cert_id
from certctl.crypto.acme.identifiers import parse_identifiers
from certctl.domain.acme.attempts import needs_nudge
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.eab_keys import AuthorizationMode, EabKey, name_refusals
from certctl.domain.acme.identifiers import Identifier
from certctl.domain.acme.ordering.limits import LimitedAct
from certctl.domain.acme.ordering.refusals import in_acme_terms, refusal
from certctl.domain.acme.orders import LIFETIME, PREFIX, Order
from certctl.domain.acme.problems import AcmeProblem, ProblemType, Subproblem
from certctl.domain.acme.views import AcmeCaller, OrderView, WantedOrder
from certctl.domain.audit.events import changes
from certctl.domain.ids import new_id
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.orders import OrderStore
from certctl.store.writes import Write
from certctl.unit_of_work.acme.checks import OrderChecks, require_not_revoked
from certctl.unit_of_work.acme.limits import HourlyLimits
from certctl.unit_of_work.acme.orders import OrderReads
from certctl.unit_of_work.acme.records import NamedRecords
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

_TOKEN_BYTES = 32
_OVERDUE = timedelta(seconds=2)
"""A job is claimed sooner, unless its nudge was lost."""
_NEEDS_APPROVAL = "Its profile requires an approval by now, which ACME has no time for."


@dataclass(frozen=True)
class Orders:
    stores: Stores
    units: Units
    orders: OrderStore
    authorizations: AuthorizationStore
    accounts: AcmeAccountStore
    records: NamedRecords
    reads: OrderReads
    checks: OrderChecks
    limits: HourlyLimits
    nudges: Nudges
    now: Callable[[], datetime]

    def create(self, caller: AcmeCaller, wanted: WantedOrder) -> OrderView:
        """Raises AcmeProblem with every reason against the identifiers, and Unavailable."""
        _require_supported(wanted)
        require_not_revoked(caller.eab_key)
        identifiers = parse_identifiers(wanted.identifiers)
        order = self._order(caller, wanted, identifiers)
        _require_names(caller.eab_key, order.identifiers)
        # counted before policies record what they refuse: a client may repeat a refused order for ever
        self.limits.take(caller, LimitedAct.ORDERS)
        self._check(caller, order)
        found = _authorizations_of(caller.eab_key, order)
        unit = self.units.begin(caller.principal.actor, order.id, order.created_at)
        unit.write(*self._steps(caller, order, found))
        with in_acme_terms():
            unit.commit()
        return replace(self.reads.before_finalize(order, self.now()), authorizations=tuple(found))

    def _order(self, caller: AcmeCaller, wanted: WantedOrder, identifiers: tuple[Identifier, ...]) -> Order:
        now, key = self.now(), caller.eab_key
        return Order(
            id=new_id(PREFIX, now),
            account_id=caller.account.id,
            eab_key_id=key.id,
            identifiers=identifiers,
            profile_id=key.default_profile_id if wanted.profile is None else wanted.profile,
            mode=key.authorization,
            created_at=now,
            expires_at=(now + LIFETIME).replace(microsecond=0),
            has_profile=wanted.profile is not None,
            replaces=wanted.replaces,
        )

    def _check(self, caller: AcmeCaller, order: Order) -> None:
        with in_acme_terms(order.identifiers):
            self.checks.require_profile(caller.eab_key, order.profile_id)
            record = self.records.find(caller, order.identifiers, order.profile_id)
            self.checks.check(caller, order.identifiers, order.profile_id, record, None, self.now())

    def _steps(self, caller: AcmeCaller, order: Order, found: Sequence[Authorization]) -> list[Write]:
        ended = AcmeProblem(ProblemType.UNAUTHORIZED, "This ACME account has ended.", 401)
        return [
            self.orders.create_step(order),
            self.accounts.seen_step(caller.account, order.created_at, ended),
            *map(self.authorizations.create_step, found),
        ]

    @retry_on_conflict
    def read(self, caller: AcmeCaller, order_id: str) -> OrderView:
        """The order as it is now. Nudges its job, and validations of its authorizations, again if they are
        due and nobody holds them. Raises AcmeProblem."""
        now, order = self.now(), self.reads.get(caller, order_id)
        if order.finalized_at is None:
            return self._before_finalize(order, now)
        job = self.reads.job_of(order)
        if job is not None and job.status is JobStatus.AWAITING_APPROVAL:
            return self._refuse(caller, order, job, now)
        if job is not None and _is_left(job, now):
            self.nudges.job(job.nudge)
        return self.reads.after_finalize(order, job, now)

    def _before_finalize(self, order: Order, now: datetime) -> OrderView:
        """Some clients poll the order alone."""
        view = self.reads.before_finalize(order, now)
        for each in view.authorizations:
            if needs_nudge(each, now):
                self.nudges.validation(each.order_id, each.n)
        return view

    def _refuse(self, caller: AcmeCaller, order: Order, job: Job, now: datetime) -> OrderView:
        """Ends an order whose profile was edited after finalize."""
        refused = replace(order, refused=_NEEDS_APPROVAL, revision=order.revision + 1)
        before, ended = self.stores.certificate_of(job), job.ended(JobStatus.CANCELLED, _NEEDS_APPROVAL)
        unit = self.units.begin(caller.principal.actor, job.counted_with, now)
        unit.cancel([job], _NEEDS_APPROVAL)
        unit.event("job_cancelled", job_resource(ended), changes(job, ended))
        unit.write(self.orders.replace_step(order, refused))
        if before is not None and before.open_job_id == job.id:
            unit.save(before, before.stopped(now), event=None)
        unit.commit()
        return self.reads.after_finalize(refused, ended, now)


def _require_supported(wanted: WantedOrder) -> None:
    """Raises AcmeProblem. What is replaced is reflected, whatever it is."""
    if wanted.has_validity:
        detail = "notBefore and notAfter are not supported: leave them out."
        raise AcmeProblem(ProblemType.MALFORMED, detail)
    if wanted.replaces is not None:
        parse_cert_id(wanted.replaces)


def _require_names(key: EabKey, identifiers: Sequence[Identifier]) -> None:
    reasons = name_refusals(key, identifiers)
    if key.authorization is AuthorizationMode.CHALLENGES:
        reasons += [_unprovable(each) for each in identifiers if not key.challenges_for(each)]
    if reasons:
        raise refusal(reasons)


def _unprovable(identifier: Identifier) -> Subproblem:
    detail = f"{identifier.san} cannot be validated: no challenge of this EAB key is for such a name"
    return Subproblem(ProblemType.REJECTED_IDENTIFIER, detail, (identifier.type.value, identifier.value))


def _authorizations_of(key: EabKey, order: Order) -> list[Authorization]:
    """Empty in the mode trusted, which needs no rows."""
    if order.is_trusted:
        return []
    made = partial(
        Authorization,
        order_id=order.id,
        account_id=order.account_id,
        status=AuthorizationStatus.PENDING,
        expires_at=order.expires_at,
    )
    return [
        made(
            n=n,
            identifier=identifier,
            challenges=key.challenges_for(identifier),
            token=secrets.token_urlsafe(_TOKEN_BYTES),
        )
        for n, identifier in enumerate(order.identifiers)
    ]


def _is_left(job: Job, now: datetime) -> bool:
    """Whether it is due, and no worker has come."""
    due_at, lease_until = job.due.due_at, job.due.lease_until
    is_due = due_at is not None and due_at + _OVERDUE <= now
    is_open = job.status in (JobStatus.PENDING, JobStatus.RUNNING)
    return is_open and is_due and (lease_until is None or lease_until <= now)
