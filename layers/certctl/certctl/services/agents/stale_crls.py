"""Maintenance of installed CRLs: alerts the team of a target whose CRLs run out, and ends the alert."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.agents.crl_alerts import renewed_alert, run_out_alert
from certctl.domain.agents.crl_reports import CrlReport
from certctl.domain.audit.events import Actor
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.agents.crl_reports import CrlReportStore
from certctl.store.catalog.records import CatalogStore
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.units import Units

_PAGE = 100


@dataclass(frozen=True)
class StaleCrls:
    """One query for each 100 reports, and one batch for the targets of those that are stale or alerted."""

    units: Units
    reports: CrlReportStore
    catalog: CatalogStore
    routing: AlertRouting
    actor: Actor
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> Counter[str]:
        """How many were alerted, renewed and forgotten; what is left when the time is up is left to the next
        run. Silent agents count as well: their last report is what their servers have."""
        done: Counter[str] = Counter()
        for reports in self._pages():
            entries = self.catalog.get_many([(Kind.TARGET, each.target_id) for each in reports])
            for report in reports:
                if not has_time():
                    return done
                done[self._checked(report, entries.get((Kind.TARGET, report.target_id)))] += 1
        del done[""]
        return done

    def _pages(self) -> Iterator[list[CrlReport]]:
        """The reports that are stale, or have an open alert."""
        after: str | None = None
        while True:
            reports, after = self.reports.page(after, _PAGE)
            now = self.now()
            if found := [each for each in reports if each.alerted_at or each.is_stale(now)]:
                yield found
            if after is None:
                return

    def _checked(self, report: CrlReport, target: AnyEntry | None) -> str:
        """What was done."""
        if target is None:
            self.reports.forget(report.target_id)
            return "forgotten"
        is_watched = target.content.enabled and not target.is_deleting and target.content.agent_id
        if is_watched and report.is_stale(self.now()):
            return "" if report.alerted_at else self._alerted(report, target)
        return self._renewed(report, target) if report.alerted_at else ""

    def _alerted(self, report: CrlReport, target: AnyEntry) -> str:
        now = self.now()
        unit = self.units.begin(self.actor, target.id, now)
        unit.write(self.reports.alerted_step(report, now))
        alert = run_out_alert(report, target)
        unit.alert(alert, self.routing.facts_of(alert.subject))
        return "alerted" if is_committed(unit, "alerted of CRLs", {"target_id": target.id}) else ""

    def _renewed(self, report: CrlReport, target: AnyEntry) -> str:
        now = self.now()
        unit = self.units.begin(self.actor, target.id, now)
        unit.write(self.reports.ended_step(report))
        alert = renewed_alert(report, target)
        unit.alert(alert, self.routing.facts_of(alert.subject))
        return "renewed" if is_committed(unit, "ended an alert of CRLs", {"target_id": target.id}) else ""
