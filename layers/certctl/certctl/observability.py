"""Structured logs and embedded metrics, named after the function. No Tracer: it costs 110 ms of start."""

import gc
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics  # loaded by the package itself in any case

from certctl import config
from certctl.domain.audit.redaction import without_keys
from certctl.domain.errors import AwsRefusal


def _line_of(log: Mapping[str, Any]) -> str:
    """One line, without keys: a path may contain one, and so may the text of an error."""
    return without_keys(json.dumps(log, default=str, ensure_ascii=False, separators=(",", ":")))


# Service name and level come from POWERTOOLS_SERVICE_NAME and LOG_LEVEL.
logger = Logger(json_serializer=_line_of)
Unit = Literal["Count", "None"]
_THROTTLING = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def with_context[**P, R](handler: Callable[P, R]) -> Callable[P, R]:
    """Puts function_request_id and cold_start into every log line of a handler. The event is never logged,
    whatever POWERTOOLS_LOGGER_LOG_EVENT says: it contains keys and callers' data. Ends the init."""
    decorated: Callable[P, R] = logger.inject_lambda_context(handler, log_event=False)
    _collect_from_here_on()
    return decorated


def _collect_from_here_on() -> None:
    """What was imported stays, and no later collection visits it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def log_refusal(refusal: AwsRefusal) -> None:
    """Each line names the function as its `service`."""
    about = {"aws_service": refusal.service, "action": refusal.action, "error_code": refusal.code}
    logger.error("AWS refused a request", extra=about)


def measure(
    unit: Unit,
    values: Mapping[str, float],
    service: str | None = None,
    cause: str = "",
    by: Sequence[Literal["release"]] = (),
) -> None:
    """Prints one EMF line with the dimensions `service`, `stack`, and those settings of the stack that `by`
    names. `service` is the function, unless several share a metric: CloudWatch bills each combination of name
    and dimensions. `cause` is a property of the line, no dimension.

    Never raises: a lost metric must not fail the work. Thread-safe.
    """
    try:
        emf = EphemeralMetrics(service=service)
        stack = config.stack()
        emf.set_default_dimensions(stack=stack.name, **{name: getattr(stack, name) for name in by})
        if cause:
            emf.add_metadata("cause", cause)
        for name, value in values.items():
            emf.add_metric(name, unit, value)
        # one write: `flush_metrics` prints, which makes two, and another thread's line may come between them
        sys.stdout.write(json.dumps(emf.serialize_metric_set(), separators=(",", ":")) + "\n")
    except Exception:
        logger.warning("metrics were lost", exc_info=True, extra={"metrics": sorted(values)})


def count_server_error(status: int) -> None:
    """Counts a response of an API. A version answers for its 500s alone: 503 is a dependency that is down, or
    a probe of /ready."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        measure("Count", {"ApiServerErrors": 1}, service="api")
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        measure("Count", {"ReleaseErrors": 1}, service="api", by=["release"])


def needs_person(cause: str) -> None:
    """Counts for an alarm about what no run mends by itself; sent only then."""
    measure("Count", {"NeedsPerson": 1}, service="stack", cause=cause)


def count_throttling(service: str, codes: Iterable[str]) -> None:
    """Counts a request that an AWS service still throttled after the client's retries."""
    if not _THROTTLING.isdisjoint(codes):
        measure("Count", {"RequestsThrottled": 1}, service="stack", cause=service)
