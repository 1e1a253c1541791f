"""Composes the reports of scheduled functions."""

from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import Base

if TYPE_CHECKING:
    from certctl.services.insights.margins import RunReports


def run_reports(base: Base) -> "RunReports":
    """Of the function itself."""
    from certctl.services.insights.margins import RunReports
    from certctl.store.insights.margins import RunLog

    return RunReports(config.stack().function, RunLog(base.database), base.now)
