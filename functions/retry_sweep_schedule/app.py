"""Every two minutes: attempts whose nudge was lost or whose wait was long, and late dead letters."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from certctl.compose.retry_sweep_schedule import RetrySweepSchedule
from certctl.domain.insights.margins import untaken_alerts
from certctl.observability import with_context

services = RetrySweepSchedule()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Fails if a shard could not be read to its end, after all that could be done was done."""

    def remaining() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    try:
        report = services.sweep.run(remaining)
        services.dead_rows.measure()
        services.reports.record([untaken_alerts(report.untaken)])
        return vars(report)
    finally:
        services.end_connections()
        services.send_counts.flush()
