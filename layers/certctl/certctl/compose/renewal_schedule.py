"""Composes renewal_schedule: renewals and their warnings."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.margins import run_reports
from certctl.compose.rooms.renewal import RenewalFactories

if TYPE_CHECKING:
    from certctl.services.insights.margins import RunReports
    from certctl.services.renewal.replanning import RenewalReplanner
    from certctl.services.renewal.schedule import DueRenewals
    from certctl.store.renewal import RenewalRunStore


class RenewalSchedule:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._changes = ChangeFactories(self._base)
        self._renewal = RenewalFactories(self._changes)
        self.now = self._base.now

    @cached_property
    def renewals(self) -> "DueRenewals":
        from certctl.domain.renewal.planning import RenewalPlan

        return self._renewal.schedule(RenewalPlan.alerts_due)

    @property
    def runs(self) -> "RenewalRunStore":
        return self._renewal.runs

    @cached_property
    def reports(self) -> "RunReports":
        return run_reports("renewal_schedule", self._base)

    @cached_property
    def replanning(self) -> "RenewalReplanner":
        from certctl.services.renewal.replanning import RenewalReplanner
        from certctl.store.follow_ups import FollowUpStore
        from certctl.store.keys import RENEWAL_REPLAN

        database, catalog = self._base.database, self._changes.catalog
        return RenewalReplanner(
            database,
            FollowUpStore(database, RENEWAL_REPLAN),
            catalog.store,
            self._changes.stores.certificates,
            catalog.cached,
            self.now,
        )
