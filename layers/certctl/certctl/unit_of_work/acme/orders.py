"""Reads orders, and derives their status."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.orders import Order, status_after_finalize, status_before_finalize
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.acme.views import AcmeCaller, OrderProblem, OrderView
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.orders import OrderStore
from certctl.store.jobs.jobs import JobStore

_SOON, _LATER = 1, 5
_IMPATIENT_FOR = timedelta(seconds=15)
_EXPIRED = OrderProblem(ProblemType.UNAUTHORIZED, "The order has expired.")
_DEACTIVATED = OrderProblem(ProblemType.UNAUTHORIZED, "An authorization of the order was deactivated.")
_FAILED_VALIDATION = "An authorization of the order is invalid: its challenge has the reason."


@dataclass(frozen=True)
class OrderReads:
    orders: OrderStore
    authorizations: AuthorizationStore
    jobs: JobStore

    def get(self, caller: AcmeCaller, order_id: str) -> Order:
        """Raises AcmeProblem, 404, also for an order of another ACME account."""
        order = self.orders.get(caller.account.id, order_id)
        if order is None:
            raise AcmeProblem(ProblemType.MALFORMED, "There is no such order.", 404)
        return order

    def before_finalize(self, order: Order, now: datetime) -> OrderView:
        """The view of an order without a job. One query, unless it is trusted."""
        found = () if order.is_trusted else tuple(self.authorizations.all_of(order.id))
        status = status_before_finalize(order, found, now)
        problem = _problem_before(order, found, now) if status is OrderStatus.INVALID else None
        return OrderView(order, status, found, problem)

    def job_of(self, order: Order) -> Job | None:
        return self.jobs.get(order.job_id) if order.job_id else None

    def after_finalize(self, order: Order, job: Job | None, now: datetime) -> OrderView:
        """The view of a finalized order: its authorizations are what they were, and are not read."""
        status = status_after_finalize(order, job)
        if status is OrderStatus.PROCESSING:
            return OrderView(order, status, retry_after=_patience(order, now))
        problem = _problem_after(order, job) if status is OrderStatus.INVALID else None
        return OrderView(order, status, problem=problem)


def _patience(order: Order, now: datetime) -> int:
    began = order.finalized_at or order.created_at
    return _SOON if now < began + _IMPATIENT_FOR else _LATER


def _problem_before(order: Order, found: tuple[Authorization, ...], now: datetime) -> OrderProblem:
    if order.refused:
        return OrderProblem(ProblemType.UNAUTHORIZED, order.refused)
    if order.expires_at <= now:
        return _EXPIRED
    failed = [each for each in found if each.status is AuthorizationStatus.INVALID]
    if failed and failed[0].error:
        return OrderProblem(failed[0].error.type, _FAILED_VALIDATION)
    return _DEACTIVATED


def _problem_after(order: Order, job: Job | None) -> OrderProblem:
    if order.refused:
        return OrderProblem(ProblemType.UNAUTHORIZED, order.refused)
    if job is not None and job.status is JobStatus.CANCELLED:
        detail = f"The job {job.id} of this order was cancelled, by a newer order or by an operator."
        return OrderProblem(ProblemType.UNAUTHORIZED, detail)
    # The reason may name parts of the stack: it is for people who may read jobs.
    detail = f"The certificate could not be issued. The job {order.job_id} has the reason."
    return OrderProblem(ProblemType.SERVER_INTERNAL, detail)
