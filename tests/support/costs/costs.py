"""Prices of the template's resources and of measured runs, by the list prices of `certctl cost`.

Assumed, since moto's times say nothing about AWS: a run takes 20 ms and 10 ms for each of its requests that
waits for another. Everything else is counted."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from certctl.domain.status.served import LOOKED_AT_EVERY
from certctl_client.costs import prices
from certctl_client.costs.usage import Usage
from tests.support.costs.idle_stack import Run
from tests.support.insights.alarms import alarms, metrics_read
from tests.support.template import functions, load_template, resources_of_type

_POLLERS, _LONG_POLL_SECONDS = 5, 20
"""The pollers of an SQS event source mapping, however idle:
docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling."""
_SYSTEM_LINES, _SYSTEM_LINE_BYTES = 3, 150
"""START, END and REPORT, unless the system log level leaves them out."""
_ACCESS_LOG_BYTES = 420
SERVED_FILES = 2 + 1 + 2
"""The files of a root and a CA: their certificates, the root's CRL, the CA's one and `all`."""
_RESPONDERS = 2
_ACME = "HasAcmeServer"


def keys() -> float:
    return len(_by_default("AWS::KMS::Key")) * prices.KMS_KEY_MONTH


def secrets() -> float:
    return len(resources_of_type("AWS::SecretsManager::Secret")) * prices.SECRET_MONTH


def alarm_metrics() -> int:
    return _metrics_of_alarms() - _metrics_of_alarms(_ACME)


def idle_polls() -> float:
    """Requests a month."""
    return _polls(len(_by_default("AWS::Lambda::EventSourceMapping")))


def acme_server() -> float:
    """What the parameter AcmeServer adds a month while no client comes."""
    added = {kind: len(_under(kind, _ACME)) for kind in ("AWS::KMS::Key", "AWS::Lambda::EventSourceMapping")}
    key, mapping = added.values()
    alarms = _metrics_of_alarms(_ACME) * prices.ALARM_METRIC_MONTH
    return key * prices.KMS_KEY_MONTH + alarms + _polls(mapping) * prices.SQS_REQUEST


def _by_default(kind: str) -> list[str]:
    return sorted(resources_of_type(kind).keys() - _under(kind, _ACME))


def _under(kind: str, condition: str) -> set[str]:
    found = resources_of_type(kind).items()
    return {name for name, resource in found if resource.get("Condition") == condition}


def _metrics_of_alarms(condition: str | None = None) -> int:
    """Counts the metrics of all alarms, or of those that exist under the condition."""
    return sum(len(metrics_read(alarm)) for alarm in alarms(condition).values())


def _polls(mappings: int) -> float:
    return mappings * _POLLERS * prices.MONTH_SECONDS / _LONG_POLL_SECONDS


def looks() -> float:
    """A month's HEAD requests of status_watch, through the edge to the bucket, and its questions by OCSP."""
    heads = SERVED_FILES * looks_a_month() * (prices.CLOUDFRONT_REQUEST + prices.S3_GET)
    return heads + _RESPONDERS * looks_a_month() * prices.OCSP_ANSWER


def looks_a_month() -> int:
    return round(prices.MONTH_SECONDS / LOOKED_AT_EVERY.total_seconds())


def custom_metrics(runs: Iterable[Sequence[Run]]) -> set[tuple[str, str]]:
    """(name, service) that a stack without work sends all the time."""
    return {(sent.name, sent.dimensions["service"]) for each in runs for run in each for sent in run.metrics}


def runs_a_month(folder: str) -> float:
    """The runs that the expressions of the function's schedules make, with the defaults of parameters."""
    events = functions()[folder].get("Events", {}).values()
    expressions = [e["Properties"]["ScheduleExpression"] for e in events if e["Type"].startswith("Schedule")]
    return sum(_a_month(_resolved(expression)) for expression in expressions)


def _resolved(expression: Any) -> str:
    if isinstance(expression, dict):
        return str(load_template()["Parameters"][expression["Ref"]]["Default"])
    return str(expression)


def _a_month(expression: str) -> float:
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if rate:
        return prices.MONTH_MINUTES / ({"minute": 1, "hour": 60, "day": 1440}[rate[2]] * int(rate[1]))
    monthly = re.fullmatch(r"cron\(\d+ \d+ \d+ \* \? \*\)", expression)
    assert monthly, f"count the runs of {expression} here"
    return 1


def usage_of(folder: str, run: Run) -> Usage:
    """The usage by one run: its AWS requests, and itself."""
    return Usage(
        runs=1,
        gigabyte_seconds=_gigabyte_seconds(folder, run),
        read_units=run.read_units,
        write_units=run.write_units,
        messages=run.count("sqs", "SendMessage"),
        signatures=run.count("kms", "Sign"),
        puts=run.count("s3", "PutObject"),
        gets=run.count("s3", "GetObject", "HeadObject", "ListObjectsV2"),
        log_bytes=run.log_bytes + _system_log_bytes(folder),
    )


def usage_of_call(folder: str, run: Run) -> Usage:
    """The usage by one call of the API, gateway and access log included."""
    return usage_of(folder, run) + Usage(http_requests=1, log_bytes=_ACCESS_LOG_BYTES)


def run_price(folder: str, run: Run) -> float:
    return usage_of(folder, run).dollars


def schedule_price(folder: str, runs: Sequence[Run]) -> float:
    """A month's."""
    mean = sum(run_price(folder, run) for run in runs) / len(runs)
    return runs_a_month(folder) * (prices.SCHEDULER_INVOCATION + mean)


def api_price(folder: str, run: Run) -> float:
    return usage_of_call(folder, run).dollars


def _gigabyte_seconds(folder: str, run: Run) -> float:
    shared = load_template()["Globals"]["Function"]["MemorySize"]
    gigabytes = float(functions()[folder].get("MemorySize", shared)) / 1024
    return gigabytes * (0.020 + 0.010 * run.steps)


def _system_log_bytes(folder: str) -> int:
    shared = load_template()["Globals"]["Function"].get("LoggingConfig", {})
    configured = {**shared, **functions()[folder].get("LoggingConfig", {})}
    return 0 if configured.get("SystemLogLevel") == "WARN" else _SYSTEM_LINES * _SYSTEM_LINE_BYTES
