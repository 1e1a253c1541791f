"""Composition of what renews: for renewal_schedule, and for maintenance_schedule, which stands in for it.
See `bootstrap.py`."""

from functools import cache
from typing import TYPE_CHECKING

from certctl import bootstrap

if TYPE_CHECKING:
    from datetime import timedelta

    from certctl.services.renewal_stand_in import RenewalStandIn
    from certctl.services.renewing import AlertDue, Renewing
    from certctl.services.replanning import Replanning
    from certctl.store.renewal_runs import RenewalRunStore


@cache
def renewing() -> "Renewing":
    from certctl.domain.renewals import RenewalPlan

    return _renewing(RenewalPlan.alert_due)


def _renewing(alert_due: "AlertDue") -> "Renewing":
    from certctl.domain.certificates import Certificate
    from certctl.services.renewing import ACTOR, RenewalNudges, RenewalRules, Renewing
    from certctl.store.locks import LockStore

    book, clearance = bootstrap.catalog_book(), bootstrap.clearance()

    def refusal_of(certificate: Certificate) -> str | None:
        return clearance.refusal_of(ACTOR, certificate)

    return Renewing(
        bootstrap.stores(),
        LockStore(bootstrap.database()),
        RenewalRules(book.renewal_policy, book.profile, refusal_of, book.worker_of),
        RenewalNudges(bootstrap.nudge_jobs, bootstrap.nudge_notifications),
        bootstrap.now,
        alert_due,
    )


@cache
def stand_in() -> "RenewalStandIn":
    from certctl.services.renewal_stand_in import RenewalStandIn

    def renew(remaining: "timedelta") -> int:
        ends = bootstrap.now() + remaining
        return _renewing(lambda *_: None).run(lambda: ends - bootstrap.now()).done["renewed"]

    return RenewalStandIn(renewal_runs(), renew, bootstrap.now)


@cache
def replanning() -> "Replanning":
    from certctl.services.replanning import Replanning
    from certctl.store.keys import RENEWAL_REPLAN
    from certctl.store.marks import MarkStore

    return Replanning(
        bootstrap.database(),
        MarkStore(bootstrap.database(), RENEWAL_REPLAN),
        bootstrap.catalog_store(),
        bootstrap.stores().certificates,
        bootstrap.catalog_book().renewal_policy,
        bootstrap.now,
    )


@cache
def renewal_runs() -> "RenewalRunStore":
    from certctl.store.renewal_runs import RenewalRunStore

    return RenewalRunStore(bootstrap.database())
