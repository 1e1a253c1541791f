"""Tells people of revocations that relying parties do not see in time, and when that is over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.status.delay_alerts import delay_alert, end_alert
from certctl.store.status.watch_log import KnownOverdue, WatchLog
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class RevocationDelays:
    """One query a run. status_watch finds the delays: it may not send alerts."""

    units: Units
    log: WatchLog
    routing: AlertRouting
    actor: Actor
    now: Callable[[], datetime]

    def run(self) -> int:
        """The number of alerts, with those that resolve one. Raises Unavailable: the next run sends them."""
        return sum(self._report(known) for known in self.log.overdue())

    def _report(self, known: KnownOverdue) -> bool:
        overdue = known.overdue
        begins = overdue.is_delayed and known.alerted_at is None
        ends = overdue.runs == 0 and known.alerted_at is not None
        if not (begins or ends):
            return False
        now, facts = self.now(), self.routing.stack_facts()
        unit = self.units.begin(self.actor, overdue.ca_id, now)
        if begins:
            unit.write(self.log.alerted_step(known, now))
            unit.alert(delay_alert(overdue), facts)
        else:
            unit.write(self.log.resolved_step(known))
            unit.alert(end_alert(overdue), facts)
        return is_committed(unit, "reported the delay", {"ca_id": overdue.ca_id})
