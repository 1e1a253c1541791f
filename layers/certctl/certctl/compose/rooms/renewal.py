"""Renewals: for renewal_schedule, and for maintenance_schedule, which renews while the former is silent."""

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.renewal.schedule import AlertsDue, DueRenewals
    from certctl.store.renewal import RenewalRunStore


class RenewalFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self._base = changes.base
        self._changes = changes

    def schedule(self, alerts_due: "AlertsDue") -> "DueRenewals":
        from certctl.services.renewal.schedule import DueRenewals
        from certctl.store.acme.accounts import AcmeAccountStore
        from certctl.store.locks import LockStore

        base, changes = self._base, self._changes
        return DueRenewals(
            changes.stores,
            changes.units,
            base.nudges,
            LockStore(base.database),
            AcmeAccountStore(base.database),
            changes.catalog.cached,
            changes.clearance,
            base.now,
            alerts_due,
        )

    @cached_property
    def runs(self) -> "RenewalRunStore":
        from certctl.store.renewal import RenewalRunStore

        return RenewalRunStore(self._base.database)
