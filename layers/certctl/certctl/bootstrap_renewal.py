"""Composition of what renews: for renewal_schedule, and for maintenance_schedule, which stands in for it.
See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from datetime import timedelta

    from certctl.services.renewal.fallback import FallbackRenewal
    from certctl.services.renewal.replanning import RenewalReplanner
    from certctl.services.renewal.schedule import AlertDue, DueRenewals
    from certctl.store.renewal.runs import RenewalRunStore


@cache
def renewing() -> "DueRenewals":
    from certctl.domain.renewal.planning import RenewalPlan

    return _renewing(RenewalPlan.alert_due)


def _renewing(alert_due: "AlertDue") -> "DueRenewals":
    from certctl.domain.certificates.certificates import Certificate
    from certctl.services.renewal.schedule import ACTOR, DueRenewals, RenewalNudges, RenewalRules
    from certctl.store.locks import LockStore

    book, clearance = bootstrap.catalog_book(), bootstrap.clearance()

    def refusal_of(certificate: Certificate) -> str | None:
        return clearance.refusal_of(ACTOR, certificate)

    return DueRenewals(
        bootstrap.stores(),
        LockStore(bootstrap.database()),
        RenewalRules(book.renewal_policy, book.profile, refusal_of, book.worker_of),
        RenewalNudges(bootstrap.nudge_jobs, bootstrap.nudge_notifications),
        bootstrap.now,
        alert_due,
    )


@cache
def fallback_renewal() -> "FallbackRenewal":
    from certctl.services.renewal.fallback import FallbackRenewal

    def renew(remaining: "timedelta") -> int:
        ends = bootstrap.now() + remaining
        return _renewing(lambda *_: None).run(lambda: ends - bootstrap.now()).done["renewed"]

    return FallbackRenewal(renewal_runs(), renew, bootstrap.now)


@cache
def replanning() -> "RenewalReplanner":
    from certctl.services.renewal.replanning import RenewalReplanner
    from certctl.store.follow_ups import FollowUpStore
    from certctl.store.keys import RENEWAL_REPLAN

    return RenewalReplanner(
        bootstrap.database(),
        FollowUpStore(bootstrap.database(), RENEWAL_REPLAN),
        bootstrap.catalog_store(),
        bootstrap.stores().certificates,
        bootstrap.catalog_book().renewal_policy,
        bootstrap.now,
    )


@cache
def renewal_runs() -> "RenewalRunStore":
    from certctl.store.renewal.runs import RenewalRunStore

    return RenewalRunStore(bootstrap.database())
