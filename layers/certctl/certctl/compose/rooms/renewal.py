"""Renewals: for renewal_schedule, and for maintenance_schedule, which renews while the former is silent."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.renewal.schedule import AlertDue, DueRenewals
    from certctl.store.renewal import RenewalRunStore


class RenewalFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self._base = changes.base
        self._changes = changes

    def schedule(self, alert_due: "AlertDue") -> "DueRenewals":
        from certctl.services.renewal.schedule import DueRenewals
        from certctl.store.locks import LockStore

        base, changes = self._base, self._changes
        return DueRenewals(
            changes.stores,
            changes.units,
            base.nudges,
            LockStore(base.database),
            changes.catalog.cached,
            changes.clearance,
            base.now,
            alert_due,
        )

    @cached_property
    def runs(self) -> "RenewalRunStore":
        from certctl.store.renewal import RenewalRunStore

        return RenewalRunStore(self._base.database)
