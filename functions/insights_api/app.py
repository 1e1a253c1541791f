"""Jobs, the audit trail, statistics, and the API's own description."""

from pathlib import Path
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api import list_positions
from certctl.api.audit.schemas import (
    EXPORTED_PER_PAGE,
    AuditEventView,
    Offset,
    SealStateView,
    Seq,
    SignedHeadView,
    audit_event_view,
    event_lines,
    place_of,
    place_view,
    position_of,
    position_view,
    seal_state_view,
    signed_head_view,
)
from certctl.api.insights.exposition import MEDIA_TYPE, exposition
from certctl.api.insights.schemas import (
    DEFAULT_DAYS,
    DayCountView,
    Days,
    JobDayView,
    MetricView,
    SeriesView,
    StatusCountView,
    SummaryView,
    day_counts_view,
    job_days_view,
    metrics_view,
    status_counts_view,
    summary_view,
)
from certctl.api.jobs.schemas import JobView, job_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, encode_cursor, page_view
from certctl.api.resolver import Api, text
from certctl.api.times import Moment
from certctl.compose.insights_api import InsightsApi
from certctl.domain.access.permissions import Permission
from certctl.domain.audit.pages import AuditFilter
from certctl.domain.jobs import JobStatus, JobType
from certctl.domain.sorting import CreationSort
from certctl.observability import with_context
from certctl.services.jobs.jobs import JobFilter

services = InsightsApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
_AUDIT = "/api/v1/audit"
_SEAL = "/api/v1/audit/seals/<seq>"
_JOBS = "/api/v1/jobs"
_STATS = "/api/v1/stats"
_METRICS = "/api/v1/metrics"


@api.get(_AUDIT, Permission.AUDIT_READ, summary="List audit events, newest first", tags=["audit"])
def list_audit_events(
    actor: str | None = None,
    actor_type: str | None = None,
    action: str | None = None,
    resource_type: str | None = None,
    resource_id: str | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    per_page: PerPage = DEFAULT_PER_PAGE,
    cursor: Cursor = None,
) -> PageView[AuditEventView]:
    wanted = AuditFilter(actor, actor_type, action, resource_type, resource_id, since, until)
    page = services.audit_trail.page(api.caller, wanted, position_of(cursor), per_page)
    events = [audit_event_view(event.record) for event in page.events]
    return page_view(events, position_view(page.next), per_page)


@api.get(f"{_AUDIT}/<event_id>", Permission.AUDIT_READ, summary="Read an audit event", tags=["audit"])
def get_audit_event(event_id: str) -> AuditEventView:
    return audit_event_view(services.audit_trail.get(api.caller, event_id))


@api.get(
    f"{_AUDIT}/export",
    Permission.AUDIT_EXPORT,
    summary="Export audit events as stored, newest first, each with the proof that it is sealed",
    description="JSON Lines of `event` (the stored text) and `proof` (null while it is in no seal)."
    " `X-Next-Cursor` is set if there are more.",
    tags=["audit"],
)
def export_audit_events(
    actor: str | None = None,
    actor_type: str | None = None,
    action: str | None = None,
    resource_type: str | None = None,
    resource_id: str | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    cursor: Cursor = None,
) -> Response[str]:
    wanted = AuditFilter(actor, actor_type, action, resource_type, resource_id, since, until)
    page = services.export_trail.page(api.caller, wanted, position_of(cursor), EXPORTED_PER_PAGE)
    exported = services.audit_exports.export(page)
    return event_lines(exported.lines, "X-Next-Cursor", encode_cursor(position_view(exported.next)))


@api.get(
    f"{_AUDIT}/seals",
    Permission.AUDIT_EXPORT,
    summary="List the signed heads of the seals, newest first",
    tags=["audit"],
)
def list_audit_seals(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[SignedHeadView]:
    heads, place = services.audit_exports.heads(place_of(cursor), per_page)
    return page_view([signed_head_view(head) for head in heads], place_view(place), per_page)


@api.get(_SEAL, Permission.AUDIT_EXPORT, summary="Read a seal as it is stored", tags=["audit"])
def get_audit_seal(seq: Seq) -> Response[str]:
    return text(services.audit_exports.stored_seal(seq), "application/json")


@api.get(
    f"{_SEAL}/events",
    Permission.AUDIT_EXPORT,
    summary="Read the stored events of a seal, in its order",
    description="JSON Lines. `X-Next-Offset` is set if there are more. Events whose retention is over are"
    " left out.",
    tags=["audit"],
)
def list_sealed_events(seq: Seq, offset: Offset = 0) -> Response[str]:
    sealed = services.audit_exports.events_of(seq, offset)
    return event_lines(sealed.lines, "X-Next-Offset", sealed.next_offset)


@api.get(f"{_AUDIT}/key", Permission.AUDIT_EXPORT, summary="Read the key of the seals as PEM", tags=["audit"])
def get_audit_seal_key() -> Response[str]:
    return text(services.audit_exports.key(), "application/x-pem-file")


@api.get(
    f"{_AUDIT}/verify",
    Permission.AUDIT_EXPORT,
    summary="The newest seal and how far behind it is",
    description="The reference for verifying an export: `certctl audit verify` does the rest, offline.",
    tags=["audit"],
)
def get_audit_seal_state() -> SealStateView:
    return seal_state_view(services.audit_exports.newest())


@api.get(_JOBS, Permission.JOBS_READ, summary="List jobs", tags=["jobs"])
def list_jobs(
    status: JobStatus | None = None,
    kind: Annotated[JobType | None, Query(alias="type")] = None,
    certificate_id: str | None = None,
    agent_id: Annotated[str | None, Query(description="The open work of this agent.")] = None,
    sort: CreationSort = CreationSort.NEWEST,
    per_page: PerPage = DEFAULT_PER_PAGE,
    cursor: Cursor = None,
) -> PageView[JobView]:
    wanted = JobFilter(status, kind, certificate_id, agent_id)
    position = list_positions.position_of(cursor)
    page = services.jobs.page(api.caller, wanted, position, per_page, sort)
    views = [job_view(job) for job in page.records]
    return page_view(views, list_positions.position_view(page.next), per_page)


@api.get(f"{_JOBS}/<job_id>", Permission.JOBS_READ, summary="Read a job", tags=["jobs"])
def get_job(job_id: str) -> JobView:
    return job_view(services.jobs.get(api.caller, job_id))


@api.post(f"{_JOBS}/<job_id>/cancel", Permission.JOBS_CANCEL, summary="End an open job", tags=["jobs"])
def cancel_job(job_id: str) -> JobView:
    return job_view(services.jobs.cancel(api.caller, job_id))


@api.post(
    f"{_JOBS}/<job_id>/approve",
    Permission.JOBS_APPROVE,
    summary="Approve a job that somebody else requested",
    tags=["jobs"],
)
def approve_job(job_id: str) -> JobView:
    return job_view(services.jobs.approve(api.caller, job_id))


@api.post(
    f"{_JOBS}/<job_id>/reject",
    Permission.JOBS_APPROVE,
    summary="Cancel a job that awaits approval",
    tags=["jobs"],
)
def reject_job(job_id: str) -> JobView:
    return job_view(services.jobs.reject(api.caller, job_id))


@api.get(f"{_STATS}/summary", Permission.STATS_READ, summary="Statistics of the fleet", tags=["stats"])
def get_summary() -> SummaryView:
    return summary_view(services.insights.summary())


@api.get(
    f"{_STATS}/certificates-by-status",
    Permission.STATS_READ,
    summary="Certificates by status",
    tags=["stats"],
)
def count_certificates_by_status() -> SeriesView[StatusCountView]:
    return status_counts_view(services.insights.certificates_by_status())


@api.get(
    f"{_STATS}/expiration-timeline",
    Permission.STATS_READ,
    summary="Certificates by the day on which they expire, today first",
    tags=["stats"],
)
def get_expiration_timeline(days: Days = DEFAULT_DAYS) -> SeriesView[DayCountView]:
    return day_counts_view(services.insights.expiration_timeline(days))


@api.get(f"{_STATS}/job-trends", Permission.STATS_READ, summary="Jobs by day, today last", tags=["stats"])
def get_job_trends(days: Days = DEFAULT_DAYS) -> SeriesView[JobDayView]:
    return job_days_view(services.insights.job_trends(days))


@api.get(
    f"{_STATS}/issuance-rate",
    Permission.STATS_READ,
    summary="Versions issued by day, today last",
    tags=["stats"],
)
def get_issuance_rate(days: Days = DEFAULT_DAYS) -> SeriesView[DayCountView]:
    return day_counts_view(services.insights.issuance_rate(days))


@api.get(_METRICS, Permission.STATS_READ, summary="Metrics as JSON", tags=["metrics"])
def get_metrics() -> SeriesView[MetricView]:
    return metrics_view(services.insights.metrics())


@api.get(
    f"{_METRICS}/prometheus",
    Permission.STATS_READ,
    summary="Metrics in the text format of Prometheus",
    tags=["metrics"],
)
def get_prometheus_metrics() -> Response[str]:
    return text(exposition(services.insights.metrics()), MEDIA_TYPE)


@api.get("/api/v1/openapi.json", Permission.CATALOG_READ, summary="This document", tags=["openapi"])
def openapi() -> Response[str]:
    document = Path(__file__).with_name("openapi.json")
    return text(document.read_text(encoding="utf-8"), "application/json")


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
