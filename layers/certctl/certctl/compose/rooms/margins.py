"""Composes the reports of scheduled functions."""

from typing import TYPE_CHECKING

from certctl.compose.rooms.base import Base

if TYPE_CHECKING:
    from certctl.services.insights.margins import RunReports


def run_reports(function: str, base: Base) -> "RunReports":
    """Each function may write its own alone."""
    from certctl.services.insights.margins import RunReports
    from certctl.store.insights.margins import RunLog

    return RunReports(function, RunLog(base.database), base.now)
