"""Every hour: renews the certificates that are due, and sends expiry alerts."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from certctl.compose.renewal_schedule import RenewalSchedule
from certctl.observability import logger, with_context

_RESERVE = timedelta(seconds=15)

services = RenewalSchedule()


@with_context
def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Failures are raised after all that could be done was done, so that the invocation counts as an
    error."""

    def remaining() -> timedelta:
        return timedelta(milliseconds=context.get_remaining_time_in_millis())

    report: dict[str, Any] = {}
    failures: list[Exception] = []
    for task in (_renew, _replan):
        try:
            report |= task(remaining)
        except Exception as error:
            logger.exception("renewal failed", extra={"task": task.__name__})
            failures.append(error)
    if failures:
        raise failures[0]
    services.reports.record()
    return report


def _renew(remaining: Callable[[], timedelta]) -> dict[str, Any]:
    report = services.renewals.run(remaining)
    if report.ran:
        services.runs.record(services.now())
    logger.info("renewal", extra={"ran": report.ran, "done": dict(report.done)})
    return {"ran": report.ran, **report.done}


def _replan(remaining: Callable[[], timedelta]) -> dict[str, Any]:
    """Edited policies: what becomes due because of them is left to the next run."""
    return {"planned_anew": services.replanning.run(lambda: remaining() > _RESERVE)}
