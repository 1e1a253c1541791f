"""Composes retry_sweep_schedule: attempts whose nudge was lost, and late dead letters."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.delivery import DeliveryFactories
from certctl.compose.rooms.margins import run_reports

if TYPE_CHECKING:
    from certctl.services.insights.margins import RunReports
    from certctl.services.notifications.dead_letters import DeadRows
    from certctl.services.notifications.send_counts import SendCounts
    from certctl.services.notifications.sweep import NotificationSweep, SweepLimits


class RetrySweepSchedule:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self.deliveries = DeliveryFactories(ChangeFactories(self._base))

    @cached_property
    def sweep(self) -> "NotificationSweep":
        from certctl.services.notifications.sweep import NotificationSweep
        from certctl.store.locks import LockStore
        from certctl.store.notifications.deferred import DeferredAlerts

        base, made = self._base, self.deliveries
        return NotificationSweep(
            notifications=made.notifications.store,
            locks=LockStore(base.database),
            states=made.cached_states,
            deferred=DeferredAlerts(base.database, base.now),
            delivery=made.delivery,
            dead_letters=made.dead_letters,
            outages=made.outages,
            schedule=made.notifications.schedule,
            now=base.now,
            limits=self.limits,
        )

    @cached_property
    def limits(self) -> "SweepLimits":
        from certctl.services.notifications.sweep import SweepLimits

        return SweepLimits()

    @cached_property
    def dead_rows(self) -> "DeadRows":
        from certctl.services.notifications.dead_letters import DeadRows
        from certctl.store.insights.counters import CounterStore

        return DeadRows(CounterStore(self._base.database, self._base.now))

    @cached_property
    def reports(self) -> "RunReports":
        return run_reports("retry_sweep_schedule", self._base)

    @property
    def send_counts(self) -> "SendCounts":
        return self.deliveries.send_counts

    def end_connections(self) -> None:
        self.deliveries.outbound.end_connections()
