"""Reports of agents about installed CRLs, in rows of their own: one write if a report has changed."""

from collections.abc import Sequence
from datetime import datetime

from certctl.domain.agents.crl_reports import CrlReport, crls_as_json, crls_of
from certctl.store.agents.items import CrlReportItem
from certctl.store.database import Database
from certctl.store.keys import CRL_REPORT
from certctl.store.paging import load
from certctl.store.writes import Write, delete, update


class CrlReportStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, report: CrlReport) -> None:
        """Creates or replaces a report; an open alert stays."""
        actions = [
            CrlReportItem.agent_id.set(report.agent_id),
            CrlReportItem.crls.set(crls_as_json(report.crls)),
            CrlReportItem.problem.set(report.problem),
            CrlReportItem.reported_at.set(report.reported_at),
        ]
        self._database.write(update(_row(report.target_id), actions))

    def get_many(self, target_ids: Sequence[str]) -> dict[str, CrlReport]:
        """The reports by target, for the targets that were ever reported."""
        return {report.target_id: report for report in load(target_ids, self._batch)}

    def page(self, after: str | None, limit: int) -> tuple[list[CrlReport], str | None]:
        """The reports of targets above `after`, by target, and the id to continue after."""
        page = self._database.query(CrlReportItem, CRL_REPORT, CrlReportItem.id > (after or " "), limit=limit)
        reports = [_report(row) for row in page.items]
        return reports, reports[-1].target_id if page.last_key else None

    def alerted_step(self, report: CrlReport, now: datetime) -> Write:
        """Refused if there is a later report, or another call has alerted."""
        is_unchanged = CrlReportItem.reported_at == report.reported_at
        is_new = CrlReportItem.alerted_at.does_not_exist()
        return update(_row(report.target_id), [CrlReportItem.alerted_at.set(now)], is_unchanged & is_new)

    def ended_step(self, report: CrlReport) -> Write:
        """Clears the open alert. Refused if another call did so."""
        is_open = CrlReportItem.alerted_at == report.alerted_at
        return update(_row(report.target_id), [CrlReportItem.alerted_at.remove()], is_open)

    def forget(self, target_id: str) -> None:
        self._database.write(delete(_row(target_id)))

    def _batch(self, target_ids: Sequence[str]) -> list[CrlReport]:
        rows = self._database.batch_get(CrlReportItem, [(CRL_REPORT, i) for i in target_ids])
        return [_report(row) for row in rows]


def _row(target_id: str) -> CrlReportItem:
    return CrlReportItem(CRL_REPORT, target_id)


def _report(row: CrlReportItem) -> CrlReport:
    return CrlReport(
        row.id, row.agent_id, crls_of(row.crls), row.problem or "", row.reported_at, row.alerted_at
    )
