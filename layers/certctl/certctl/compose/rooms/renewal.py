"""Renewals: for renewal_schedule, and for maintenance_schedule, which renews while the former is silent."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.renewal.schedule import AlertDue, DueRenewals, RenewalRules
    from certctl.store.renewal.runs import RenewalRunStore


class RenewalFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self._base = changes.base
        self._changes = changes

    def schedule(self, alert_due: "AlertDue") -> "DueRenewals":
        from certctl.services.renewal.schedule import DueRenewals
        from certctl.store.locks import LockStore

        base, changes = self._base, self._changes
        locks = LockStore(base.database)
        return DueRenewals(changes.stores, changes.units, base.nudges, locks, self.rules, base.now, alert_due)

    @cached_property
    def rules(self) -> "RenewalRules":
        from certctl.domain.certificates.certificates import Certificate
        from certctl.services.renewal.schedule import ACTOR, RenewalRules

        book, clearance = self._changes.catalog.cached, self._changes.clearance

        def refusal_of(certificate: Certificate) -> str | None:
            return clearance.refusal_of(ACTOR, certificate)

        return RenewalRules(book.renewal_policy, book.profile, refusal_of, book.worker_of)

    @cached_property
    def runs(self) -> "RenewalRunStore":
        from certctl.store.renewal.runs import RenewalRunStore

        return RenewalRunStore(self._base.database)
