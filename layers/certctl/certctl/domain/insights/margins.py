"""Margins: how far the stack is from breaking a promise. Each has one number, the smallest of its causes:
from 1 on all is well, and below an alarm is raised."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from certctl.domain.notifications.statuses import Severity

PUBLISHED, SERVED, MAINTENANCE = "PublishedMargin", "ServedMargin", "MaintenanceMargin"
WHOLE = 2.0
"""The margin of a stack that has promised nothing yet."""
USED_UP = 0.0
SEALED_WITHIN = timedelta(minutes=10)
TAKEN_WITHIN = timedelta(minutes=3)
"""Two runs of maintenance in a row have to find it, which are five minutes apart."""

LONGEST_SILENCE: Mapping[str, timedelta] = MappingProxyType(
    {
        "crl_publisher": timedelta(minutes=10),
        "status_watch": timedelta(minutes=10),
        "stack_admin": timedelta(hours=2),
    }
)
"""The longest silence of the schedules with a fixed rate: two runs of the hourly one. Those of each minute
record a run every four minutes at most; an alarm finds within three that their margin is missing."""
_LONGEST_RATE: Mapping[str, timedelta] = MappingProxyType(
    {"retry_sweep_schedule": timedelta(minutes=10), "renewal_schedule": timedelta(hours=2)}
)
"""The longest intervals that the template's parameters allow."""


def longest_silence(function: str, rate: timedelta | None) -> timedelta:
    """Two runs; without a rate, of the longest that is allowed."""
    return 2 * (rate or _LONGEST_RATE[function])


@dataclass(frozen=True)
class Cause:
    """What may use up a margin. `name` names the incident; `text`, without a full stop, is the alert's
    subject."""

    name: str
    margin: float
    text: str
    severity: Severity = Severity.CRITICAL

    @property
    def is_low(self) -> bool:
        return self.margin < 1


@dataclass(frozen=True)
class LastRun:
    """The last recorded run of a scheduled function, and the causes that were low, name -> text."""

    function: str
    at: datetime
    low: Mapping[str, str]


def of_time_left(left: timedelta, least: timedelta) -> float:
    """Below 1 if less than `least` is left."""
    return max(left / least, USED_UP)


def of_age(age: timedelta, most: timedelta) -> float:
    """Below 1 once it is older than `most`."""
    return max(WHOLE - age / most, USED_UP)


def smallest(causes: Iterable[Cause]) -> float:
    return min((cause.margin for cause in causes), default=WHOLE)


def low_of(causes: Iterable[Cause]) -> dict[str, Cause]:
    """The low ones, the smallest of each name; the smallest first."""
    found: dict[str, Cause] = {}
    for cause in sorted(causes, key=lambda cause: (cause.margin, cause.name)):
        if cause.is_low:
            found.setdefault(cause.name, cause)
    return found


def silence_of(run: LastRun, longest: timedelta, now: datetime) -> Cause:
    text = f"{run.function} has not completed a run in time"
    return Cause(f"runs/{run.function}", of_age(now - run.at, longest), text)


def failed_task(name: str) -> Cause:
    return Cause(f"maintenance/{name}", USED_UP, f"The task {name} of maintenance_schedule fails")


def unsealed(age: timedelta) -> Cause:
    return Cause("audit-seals", of_age(age, SEALED_WITHIN), "The audit trail has not been sealed in time")


def waiting_jobs(age: timedelta) -> Cause:
    return Cause("jobs", of_age(age, TAKEN_WITHIN), "Jobs are due, and no worker takes them")


def untaken_alerts(count: int) -> Cause:
    """`count`: first attempts that the sweep made because no worker did."""
    margin = USED_UP if count else WHOLE
    return Cause("alerts", margin, "Alerts are due, and no worker sends them")


def corrected_counters() -> Cause:
    text = "Counters were corrected: they did not match their records"
    return Cause("counters", USED_UP, text, Severity.WARNING)


def ending_ca(ca_id: str) -> Cause:
    text = f"The CA {ca_id} is near its end and is to be rotated"
    return Cause(f"rotation/{ca_id}", USED_UP, text, Severity.WARNING)
