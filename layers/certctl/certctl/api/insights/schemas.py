"""Numbers on the wire."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.records import view_of
from certctl.domain.insights.metrics import Metric
from certctl.domain.insights.readings import LONGEST_DAYS
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from certctl.domain.insights.statistics import DayCount, JobDay, Overview, Summary

DEFAULT_DAYS = 30

DEFAULT_EXPIRY_DAYS = 47  # a public certificate's longest life from March 2029 (CA/Browser Forum, SC-081)

Days = Annotated[int, Query(ge=1, le=LONGEST_DAYS, description="Number of days, today included.")]


class SummaryView(TypedDict):
    """A number that cannot be read now is null, and its name is in `unknown`. `completed_at` is when it was
    counted, but for agents: `agents_counted_at`. `recounted_at` is when all counters were last compared with
    the records that they count: null before the first recount, and while it cannot be read."""

    total_certificates: int | None
    expiring_certificates: int | None
    expired_certificates: int | None
    revoked_certificates: int | None
    active_agents: int | None
    degraded_agents: int | None
    offline_agents: int | None
    total_agents: int | None
    pending_jobs: int | None
    failed_jobs: int | None
    complete_jobs: int | None
    notifications_dead: int | None
    unknown: list[str]
    agents_counted_at: str
    recounted_at: str | None
    completed_at: str


class StatusCountView(TypedDict):
    status: str
    count: int


class DayCountView(TypedDict):
    date: str
    count: int


class JobDayView(TypedDict):
    """`success_rate` is in percent, null on days when no job ended."""

    date: str
    created_count: int
    completed_count: int
    failed_count: int
    cancelled_count: int
    success_rate: float | None


class SeriesView[V](TypedDict):
    """The complete list: there are no pages."""

    data: list[V]


class SampleView(TypedDict):
    labels: dict[str, str]
    value: float


class MetricView(TypedDict):
    name: str
    type: Literal["gauge", "counter"]
    help: str
    samples: list[SampleView]


class OverviewView(TypedDict):
    """Read at one time, `age_seconds` ago, but for agents, which the summary has a time of, and metrics of
    notifications, sightings of revocations and the recount: these were read at `kept_at`. A part that cannot
    be read now is null."""

    age_seconds: int
    kept_at: str
    summary: SummaryView
    statuses: list[StatusCountView] | None
    expirations: list[DayCountView] | None
    job_days: list[JobDayView] | None
    metrics: list[MetricView]


def summary_view(summary: "Summary") -> SummaryView:
    return view_of(SummaryView, summary)


def overview_view(overview: "Overview") -> OverviewView:
    return OverviewView(
        age_seconds=int(overview.age.total_seconds()),
        kept_at=to_wire(overview.kept_at),
        summary=summary_view(overview.summary),
        statuses=None if overview.by_status is None else status_counts_view(overview.by_status)["data"],
        expirations=None if overview.expirations is None else day_counts_view(overview.expirations)["data"],
        job_days=None if overview.job_days is None else job_days_view(overview.job_days)["data"],
        metrics=metrics_view(overview.metrics)["data"],
    )


def status_counts_view(counts: Mapping[str, int]) -> SeriesView[StatusCountView]:
    return SeriesView(data=[StatusCountView(status=s, count=n) for s, n in counts.items()])


def day_counts_view(days: "Sequence[DayCount]") -> SeriesView[DayCountView]:
    return SeriesView(data=[DayCountView(date=d.day.isoformat(), count=d.count) for d in days])


def job_days_view(days: "Sequence[JobDay]") -> SeriesView[JobDayView]:
    return SeriesView(data=[_job_day(day) for day in days])


def metrics_view(metrics: Sequence[Metric]) -> SeriesView[MetricView]:
    return SeriesView(data=[_metric(metric) for metric in metrics])


def _job_day(day: "JobDay") -> JobDayView:
    return JobDayView(
        date=day.day.isoformat(),
        created_count=day.created,
        completed_count=day.completed,
        failed_count=day.failed,
        cancelled_count=day.cancelled,
        success_rate=day.success_rate,
    )


def _metric(metric: Metric) -> MetricView:
    samples = [SampleView(labels=dict(s.labels), value=s.value) for s in metric.samples]
    return MetricView(name=metric.name, type=metric.kind, help=metric.help, samples=samples)
