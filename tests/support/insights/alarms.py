"""The alarms of the stack and the metrics that they read, whether or not by metric math."""

from typing import Any

from tests.support.template import ROOT, load_template

_ALARM = "AWS::CloudWatch::Alarm"


def alarms(condition: str | None = None) -> dict[str, dict[str, Any]]:
    """Logical id -> properties, of template.yaml and all nested stacks; only those under a condition."""
    templates = [load_template(), *map(load_template, sorted((ROOT / "stacks").glob("*.yaml")))]
    resources = {name: r for template in templates for name, r in template["Resources"].items()}
    found = {name: r for name, r in resources.items() if r["Type"] == _ALARM}
    return {
        name: r["Properties"]
        for name, r in found.items()
        if condition is None or r.get("Condition") == condition
    }


def metrics_read(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """`Namespace`, `MetricName`, `Period` and `Dimensions` by name: the metrics of an alarm that CloudWatch
    bills."""
    if "Metrics" not in alarm:
        return [_metric(alarm, alarm["Period"])]
    stats = [query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query]
    return [_metric(stat["Metric"], stat["Period"]) for stat in stats]


def _metric(about: dict[str, Any], period: int) -> dict[str, Any]:
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in about.get("Dimensions", [])}
    named = {key: about[key] for key in ("Namespace", "MetricName")}
    return {**named, "Period": period, "Dimensions": dimensions}
