"""Every five minutes: wakes workers for due jobs whose nudge was lost, and ends waits that are over."""

from collections.abc import Mapping
from typing import Any

from certctl import bootstrap
from certctl.observability import logger

_RESERVE_MS = 10_000


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    report = bootstrap.due_jobs().run(lambda: context.get_remaining_time_in_millis() > _RESERVE_MS)
    counts = {"nudged": report.nudged, "timed_out": report.timed_out}
    logger.info("due jobs", extra=counts)
    return counts
