"""When CloudWatch would raise an alarm of the template, by the data points that its metric has.

As docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring describes it: an alarm is evaluated each minute,
over windows of its period that end then. Without FILL, missing points are looked for two periods further
back, and only what is still missing is treated as TreatMissingData says."""

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_MINUTE = timedelta(minutes=1)
_FURTHER_BACK = 2
_STATS: dict[str, Callable[[Sequence[float]], float]] = {
    "Minimum": min,
    "Maximum": max,
    "Sum": sum,
    "p99": max,
}
_BREACHES: dict[str, Callable[[float, float], bool]] = {
    "LessThanThreshold": operator.lt,
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
}


@dataclass(frozen=True)
class Point:
    at: datetime
    value: float


@dataclass(frozen=True)
class _Watched:
    """The one metric of an alarm; `fill`: the value of a missing point, by metric math."""

    period: timedelta
    stat: str
    fill: float | None


def raised_at(
    alarm: dict[str, Any], points: Iterable[Point], begin: datetime, until: datetime
) -> datetime | None:
    """The first minute in which it is in ALARM."""
    known, now = list(points), begin
    while now <= until:
        if is_raised(alarm, known, now):
            return now
        now += _MINUTE
    return None


def is_raised(alarm: dict[str, Any], points: Sequence[Point], now: datetime) -> bool:
    watched, needed = _watched(alarm), int(alarm["EvaluationPeriods"])
    behind = range(needed + (_FURTHER_BACK if watched.fill is None else 0))
    values = [_value(watched, points, now - number * watched.period) for number in behind]
    found = [value for value in values if value is not None][:needed]
    missing = needed - len(found)
    breaches = sum(_breaches(alarm, value) for value in found)
    if alarm["TreatMissingData"] == "breaching":
        breaches += missing
    return breaches >= int(alarm.get("DatapointsToAlarm", needed))


def _watched(alarm: dict[str, Any]) -> _Watched:
    if "Metrics" not in alarm:
        stat = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return _Watched(timedelta(seconds=alarm["Period"]), stat, None)
    math, sent = alarm["Metrics"]
    filled = re.fullmatch(rf"FILL\({sent['Id']}, (\d+)\)", math["Expression"])
    assert filled, math
    about = sent["MetricStat"]
    return _Watched(timedelta(seconds=about["Period"]), about["Stat"], float(filled[1]))


def _value(watched: _Watched, points: Sequence[Point], end: datetime) -> float | None:
    within = [point.value for point in points if end - watched.period < point.at <= end]
    return _STATS[watched.stat](within) if within else watched.fill


def _breaches(alarm: dict[str, Any], value: float) -> bool:
    return _BREACHES[alarm["ComparisonOperator"]](value, float(alarm["Threshold"]))
