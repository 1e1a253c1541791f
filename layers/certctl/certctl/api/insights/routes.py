"""Routes of statistics and metrics."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.insights.ages import KEPT_PARTS, SHARED, oldest_wanted
from certctl.api.insights.exposition import MEDIA_TYPE, exposition
from certctl.api.insights.schemas import (
    DEFAULT_DAYS,
    DEFAULT_EXPIRY_DAYS,
    DayCountView,
    Days,
    JobDayView,
    MetricView,
    OverviewView,
    SeriesView,
    StatusCountView,
    SummaryView,
    day_counts_view,
    job_days_view,
    metrics_view,
    overview_view,
    status_counts_view,
    summary_view,
)
from certctl.api.resolver import Api, text
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.insights.insights import Insights

_STATS = "/api/v1/stats"
_METRICS = "/api/v1/metrics"
_TAGS = ["stats"]
_METRICS_TAGS = ["metrics"]


def add_stats_routes(api: Api, insights: "Callable[[], Insights]") -> None:
    """Figures of the whole stack, from counters."""

    @api.get(
        f"{_STATS}/summary",
        Permission.STATS_READ,
        summary="Statistics of the fleet",
        description=KEPT_PARTS,
        tags=_TAGS,
    )
    def get_summary() -> SummaryView:
        return summary_view(insights().summary(oldest_wanted(api.call.headers)))

    @api.get(
        f"{_STATS}/overview",
        Permission.STATS_READ,
        summary="All statistics at once",
        description=f"{SHARED} {KEPT_PARTS}",
        tags=_TAGS,
    )
    def get_overview(expiry_days: Days = DEFAULT_EXPIRY_DAYS, job_days: Days = DEFAULT_DAYS) -> OverviewView:
        oldest = oldest_wanted(api.call.headers)
        return overview_view(insights().overview(expiry_days, job_days, oldest))

    @api.get(
        f"{_STATS}/certificates-by-status",
        Permission.STATS_READ,
        summary="Certificates by status",
        tags=_TAGS,
    )
    def count_certificates_by_status() -> SeriesView[StatusCountView]:
        return status_counts_view(insights().certificates_by_status())

    @api.get(
        f"{_STATS}/expiration-timeline",
        Permission.STATS_READ,
        summary="Certificates by the day on which they expire, today first",
        tags=_TAGS,
    )
    def get_expiration_timeline(days: Days = DEFAULT_DAYS) -> SeriesView[DayCountView]:
        return day_counts_view(insights().expiration_timeline(days))

    @api.get(f"{_STATS}/job-trends", Permission.STATS_READ, summary="Jobs by day, today last", tags=_TAGS)
    def get_job_trends(days: Days = DEFAULT_DAYS) -> SeriesView[JobDayView]:
        return job_days_view(insights().job_trends(days))

    @api.get(
        f"{_STATS}/issuance-rate",
        Permission.STATS_READ,
        summary="Versions issued by day, today last",
        tags=_TAGS,
    )
    def get_issuance_rate(days: Days = DEFAULT_DAYS) -> SeriesView[DayCountView]:
        return day_counts_view(insights().issuance_rate(days))


def add_metrics_routes(api: Api, insights: "Callable[[], Insights]") -> None:
    """The same metrics in two forms."""

    @api.get(
        _METRICS,
        Permission.STATS_READ,
        summary="Metrics as JSON",
        description=KEPT_PARTS,
        tags=_METRICS_TAGS,
    )
    def get_metrics() -> SeriesView[MetricView]:
        return metrics_view(insights().metrics(oldest_wanted(api.call.headers)))

    @api.get(
        f"{_METRICS}/prometheus",
        Permission.STATS_READ,
        summary="Metrics in the text format of Prometheus",
        description=KEPT_PARTS,
        tags=_METRICS_TAGS,
    )
    def get_prometheus_metrics() -> Response[str]:
        metrics = insights().metrics(oldest_wanted(api.call.headers))
        return text(exposition(metrics), MEDIA_TYPE)
