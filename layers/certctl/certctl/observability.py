"""Structured logs and embedded metrics, named after the function. No Tracer: it costs 110 ms of start."""

from typing import TYPE_CHECKING

from aws_lambda_powertools.logging import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.metrics import Metrics

# Service name and level come from POWERTOOLS_SERVICE_NAME and LOG_LEVEL.
logger = Logger()


def metrics() -> "Metrics":
    """Shares its values with every other of this process; `flush_metrics` prints one EMF line.
    Imported at need: functions that measure nothing do not pay for it."""
    from aws_lambda_powertools.metrics import Metrics

    return Metrics()
