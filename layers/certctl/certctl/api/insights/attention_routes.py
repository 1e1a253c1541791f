"""What needs attention, on the wire."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlencode

from certctl.api.insights.ages import SHARED, oldest_wanted
from certctl.api.records import view_of
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.certificates.filters import RenewalFilter
from certctl.domain.certificates.statuses import Status
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.insights.attention import (
    AttentionItem,
    AttentionKind,
    AttentionLine,
    AttentionReport,
)
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import DeliveryState, NotificationStatus
from certctl.domain.times import to_wire

if TYPE_CHECKING:
    from certctl.services.insights.attention.shared import SharedAttention


class AttentionItemView(TypedDict):
    """One of the worst of a line: `id` and `name` are of a certificate, job, channel, notification, agent,
    CA, policy or team, by the line's kind; a job has the name of its certificate, a notification its subject.
    `at` is when a certificate expires or expired and when a CRL ends, else since when it is so. `expires_at`
    is when the certificate of a job that awaits a CSR expires, null before its first version. `state` is
    the status of a certificate or agent, the `renewal_state` of a stuck renewal, the type of a job, the
    severity of a policy, the channel of a notification; a channel is `open`, `half_open`, `gone` or
    `disabled`; CRLs are `late` or `expired`. `detail` is the last error, of a CA the issuer. `count` is how
    many alerts wait for a channel, violations stand against a policy, or CRLs of a CA are late; `href` is the
    path of their list, or of the CA or team."""

    id: str
    name: str
    at: str | None
    state: str
    detail: str
    certificate_id: str | None
    expires_at: str | None
    count: int | None
    href: str | None


class AttentionLineView(TypedDict):
    """Read `age_seconds` ago. `count` is the length of the list at `href`, a path of this API, as the caller
    reads it; `href` is null if no single list has them, and then the items have one each. `no_channel`
    counts nothing and has no items: no channel is enabled. If the count is not `is_complete`, there are at
    least so many: more than 500 rows would have to be read, or the recount after an update has not ended.
    `since` is the time of the oldest, null if unknown."""

    kind: AttentionKind
    age_seconds: int
    urgency: Urgency
    count: int
    is_complete: bool
    since: str | None
    href: str | None
    worst: list[AttentionItemView]


class AttentionView(TypedDict):
    """`lines`, the most urgent first; none is empty. `critical` is how many of them are critical. `unknown`
    are those that cannot be counted now. All was read `age_seconds` ago, but for lines
    that are read more rarely: the oldest of them, even if it is empty, `oldest_age_seconds` ago."""

    age_seconds: int
    oldest_age_seconds: int
    lines: list[AttentionLineView]
    critical: int
    unknown: list[AttentionKind]
    completed_at: str


def add_attention_routes(api: Api, attention: "Callable[[], SharedAttention]") -> None:
    @api.get(
        "/api/v1/attention",
        Permission.STATS_READ,
        summary="What needs attention now, the most urgent first",
        description="Counts what the caller may read. The cost has a bound for any inventory. Only callers "
        f"who may read the same, of all teams, share an answer. {SHARED} Lines about campaigns, channels, "
        "late CRLs, policies and names of teams are read every 150 seconds at most, offline agents every 5 "
        "minutes; `no-cache` has these, too, read now.",
        tags=["stats"],
    )
    def get_attention() -> AttentionView:
        report, age = attention().report(api.caller, oldest_wanted(api.call.headers))
        return attention_view(report, age)


def attention_view(report: AttentionReport, age: timedelta) -> AttentionView:
    return view_of(
        AttentionView,
        report,
        age_seconds=int(age.total_seconds()),
        oldest_age_seconds=int((age + max(map(report.age_of, AttentionKind))).total_seconds()),
        lines=[_line_view(line, report, age) for line in report.lines],
    )


def _line_view(line: AttentionLine, report: AttentionReport, age: timedelta) -> AttentionLineView:
    return view_of(
        AttentionLineView,
        line,
        age_seconds=int((age + report.age_of(line.kind)).total_seconds()),
        href=_href_of(line.kind, report.completed_at),
        worst=[_item_view(line.kind, item) for item in line.worst],
    )


def _item_view(kind: AttentionKind, item: AttentionItem) -> AttentionItemView:
    return view_of(AttentionItemView, item, href=_href_of_item(kind, item))


def _href_of(kind: AttentionKind, now: datetime) -> str | None:
    match kind:
        case AttentionKind.EXPIRED:
            return _path("certificates", status=Status.EXPIRED)
        case AttentionKind.EXPIRING_SOON:
            return _path("certificates", renewal=RenewalFilter.URGENT, expires_after=to_wire(now))
        case AttentionKind.STUCK_RENEWALS:
            return _path("certificates", renewal=RenewalFilter.STUCK)
        case AttentionKind.ACME_STOPPED:
            return _path("certificates", renewal=RenewalFilter.ACME_STOPPED)
        case AttentionKind.AWAITING_APPROVAL:
            return _path("jobs", status=JobStatus.AWAITING_APPROVAL)
        case AttentionKind.AWAITING_CSR:
            return _path("jobs", status=JobStatus.AWAITING_CSR)
        case AttentionKind.DEAD_LETTERS:
            return _path("notifications", status=NotificationStatus.DEAD)
        case AttentionKind.AGENTS_OFFLINE:
            return _path("agents", status="Offline")
    return None


def _href_of_item(kind: AttentionKind, item: AttentionItem) -> str | None:
    if kind is AttentionKind.CHANNELS_DOWN:
        return _path("notifications", state=DeliveryState.WAITING, channel=item.id)
    if kind is AttentionKind.VIOLATIONS:
        return _path(f"policies/{item.id}/violations", state="open")
    if kind is AttentionKind.CRLS_LATE:
        return _path(f"authorities/{item.id}")
    if kind is AttentionKind.NAMES_UNLIMITED:
        return _path(f"teams/{item.id}")
    if kind is AttentionKind.CAMPAIGNS:
        is_of_team = item.certificate_id is not None
        return _path(f"certificates/{item.certificate_id}" if is_of_team else f"campaigns/{item.id}")
    return None


def _path(resource: str, **query: str) -> str:
    return f"/api/v1/{resource}?{urlencode(query)}" if query else f"/api/v1/{resource}"
