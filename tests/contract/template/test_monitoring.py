"""Alarms and dashboard of stacks/monitoring.yaml against the runbook, the code that sends their metrics, and
what CloudWatch takes."""

import ast
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from certctl.domain.authorities.authorities import CRL_LATE_WITH, ROOT_CRL_LATE_WITH, CrlShard
from certctl.domain.insights.margins import MAINTENANCE, PUBLISHED, SERVED, of_time_left
from tests.support.costs.idle_stack import SCHEDULED
from tests.support.insights.alarms import alarms, metrics_read
from tests.support.template import ROOT, functions, load_template, references, variables

_STACK = load_template(ROOT / "stacks/monitoring.yaml")
_ALARMS = alarms()
_NOTIFIED = [{"Ref": "AlarmTopicArn"}]
# Roll a canary back; ApiErrors tells people of the same calls.
_FOR_DEPLOYMENTS = {"ApiFunctionErrors", "NewVersionErrors"}
_SHARED = {"api", "notifications", "stack"}
_MARGINS = {PUBLISHED: "crl_publisher", SERVED: "status_watch", MAINTENANCE: "maintenance_schedule"}


def _entries() -> dict[str, str]:
    """The entries of the runbook: logical id -> text."""
    text = (ROOT / "docs/alarms.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {name: entry for name, entry in zip(parts[::2], parts[1::2], strict=True) if name.isidentifier()}


def _own(metrics: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(name, service) of those that our functions send."""
    return [
        (metric["MetricName"], metric["Dimensions"]["service"])
        for metric in metrics
        if metric["Namespace"] == "certctl"
    ]


@cache
def _texts_of_the_code() -> frozenset[str]:
    """String constants of the layer: a metric's name is one."""
    files = (ROOT / "layers/certctl/certctl").rglob("*.py")
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    return frozenset(n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))


def test_each_alarm_has_its_entry_in_the_runbook_and_the_other_way_round() -> None:
    assert sorted(_entries()) == sorted(_ALARMS)


@pytest.mark.parametrize("name", sorted(_entries()))
def test_an_entry_says_what_it_means_what_is_at_risk_where_to_look_and_what_to_do(name: str) -> None:
    entry = _entries()[name]
    headings = re.findall(r"^- \*\*([^*]+):\*\*", entry, re.MULTILINE)
    assert " and ".join(headings).lower().replace(" and ", " ") == "means at risk first look mend"
    assert "make invoke" not in entry


@pytest.mark.parametrize("name", sorted(set(_ALARMS) - _FOR_DEPLOYMENTS))
def test_an_alarm_tells_when_it_begins_and_when_it_is_over_and_what_silence_means(name: str) -> None:
    alarm = _ALARMS[name]
    assert alarm["AlarmActions"] == alarm["OKActions"] == _NOTIFIED
    assert alarm["AlarmDescription"]["Fn::Sub"].startswith("${StackLabel}: ")
    assert alarm["TreatMissingData"] in {"breaching", "notBreaching"}


def test_silence_is_failure_where_a_promise_depends_on_a_run() -> None:
    breaching = {name for name, alarm in _ALARMS.items() if alarm["TreatMissingData"] == "breaching"}
    assert breaching == set(_MARGINS)


@pytest.mark.parametrize(("name", "sender"), _MARGINS.items())
def test_a_margin_below_one_or_silence_in_two_of_three_periods_is_an_alarm(name: str, sender: str) -> None:
    alarm = _ALARMS[name]
    assert _own(metrics_read(alarm)) == [(name, sender)]
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (2, 3)
    math, sent = alarm["Metrics"]
    assert math["Expression"] == f"FILL({sent['Id']}, 0)"
    assert sent["MetricStat"]["Stat"] == "Minimum"


@pytest.mark.parametrize(("name", "sender"), _MARGINS.items())
def test_a_margin_is_sent_once_in_each_period_of_its_alarm(name: str, sender: str) -> None:
    (metric,) = metrics_read(_ALARMS[name])
    assert SCHEDULED[sender] == timedelta(seconds=metric["Period"])


def test_an_alarm_reads_ten_metrics_at_most_and_looks_back_a_day_at_most() -> None:
    for alarm in _ALARMS.values():
        metrics = metrics_read(alarm)
        assert 1 <= len(metrics) <= 10
        assert max(metric["Period"] for metric in metrics) * alarm["EvaluationPeriods"] <= 86_400


def test_the_counts_that_the_comment_gives_are_true() -> None:
    here = [alarm for name, alarm in _ALARMS.items() if name in _STACK["Resources"]]
    read = sum(len(metrics_read(alarm)) for alarm in here)
    text = (ROOT / "stacks/monitoring.yaml").read_text(encoding="utf-8")
    assert f"# {len(here)} alarms over {read} metrics:" in text


@pytest.mark.parametrize("name", sorted(_ALARMS))
def test_our_own_metrics_are_sent_by_the_code(name: str) -> None:
    for metric, service in _own(metrics_read(_ALARMS[name])):
        assert metric in _texts_of_the_code()
        assert service in _SHARED or (ROOT / "functions" / service).is_dir()


def test_every_own_metric_is_of_this_stack_alone() -> None:
    own = [m for a in _ALARMS.values() for m in metrics_read(a) if m["Namespace"] == "certctl"]
    assert own
    assert all(metric["Dimensions"]["stack"] == {"Ref": "StackLabel"} for metric in own)


def test_no_alarm_follows_the_dead_letter_queue() -> None:
    queues = {
        m["Dimensions"].get("QueueName", {}).get("Ref") for a in _ALARMS.values() for m in metrics_read(a)
    }
    assert "DeadLetterQueueName" not in queues
    assert queues - {None} == {"FailedNudgesQueueName"}


@pytest.mark.parametrize(
    ("folder", "parameter"),
    [
        ("retry_sweep_schedule", "NotificationRetryInterval"),
        ("renewal_schedule", "SchedulerRenewalCheckInterval"),
    ],
)
def test_maintenance_knows_the_rates_that_are_parameters(folder: str, parameter: str) -> None:
    rate = variables("maintenance_schedule")[f"CERTCTL_RATE_{folder.upper()}"]
    assert rate == {"Ref": parameter}
    (event,) = functions()[folder]["Events"].values()
    assert event["Properties"]["ScheduleExpression"] == {"Ref": parameter}


def test_the_dashboard_is_the_stack_s_and_the_region_s_and_reads_only_what_is_sent() -> None:
    dashboard = _STACK["Resources"]["Dashboard"]["Properties"]
    assert {"StackLabel", "AWS::Region"} <= references(dashboard["DashboardName"])
    widgets = json.loads(dashboard["DashboardBody"]["Fn::Sub"])["widgets"]
    lines = [line for widget in widgets for line in widget["properties"]["metrics"]]
    own = [line for line in lines if line[0] == "certctl"]
    assert {line[1] for line in own} <= _texts_of_the_code()
    assert all(line[2] == "service" and line[4:6] == ["stack", "${StackLabel}"] for line in own)
    assert {service for line in own if (service := line[3])} <= _SHARED | {
        "crl_publisher",
        "status_watch",
        "maintenance_schedule",
    }


def test_lambda_filters_no_line_that_the_functions_write() -> None:
    """To Lambda a line without a level is INFO: at WARN it would drop every metric, and alarms with it."""
    configured = load_template()["Globals"]["Function"]["LoggingConfig"]
    assert configured["LogFormat"] == "JSON"
    assert configured["ApplicationLogLevel"] == "DEBUG"
    assert load_template()["Globals"]["Function"]["Environment"]["Variables"]["LOG_LEVEL"] == {
        "Ref": "LogLevel"
    }


def test_no_line_is_over_140_columns() -> None:
    lines = (ROOT / "stacks/monitoring.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 140] == []


@pytest.mark.parametrize(("role", "least"), [("issuing", CRL_LATE_WITH), ("root", ROOT_CRL_LATE_WITH)])
def test_needs_attention_calls_a_crl_late_when_its_margin_is_used_up(role: str, least: timedelta) -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    crl = CrlShard("ca-1", "1", "http://crl.example.com/1.crl", open=True)
    for left in (least, least - timedelta(seconds=1)):
        is_late = of_time_left(left, least) < 1
        assert replace(crl, next_update=now + left).is_late(role, now) is is_late
    assert crl.is_late(role, now)


def test_the_runbook_has_every_kind_of_cause() -> None:
    """A kind is the beginning of a cause's name, up to a slash: what follows is a CA, a function or a
    queue."""
    runbook = "".join(_entries()[name] for name in _MARGINS)
    sources = (ROOT / "layers/certctl/certctl").rglob("*.py")
    made = re.findall(r'Cause\(\s*f?"([a-z-]+)[/"]', "".join(path.read_text("utf-8") for path in sources))
    concerns = {"rotation", "counters"}
    assert len(made) >= 12
    assert [kind for kind in made if kind not in concerns and f"`{kind}" not in runbook] == []
