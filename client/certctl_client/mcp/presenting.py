"""Turns records of the API into results of tools: words unchanged, texts of strangers marked."""

import json
from collections.abc import Mapping
from typing import Any

from certctl_client.api.schema import (
    AgentView,
    AttentionView,
    AuditEventView,
    CertificateDetailsView,
    CertificateView,
    ChannelView,
    CheckView,
    DeploymentView,
    JobView,
    NotificationView,
    ProgressView,
    RenewalPlanView,
    RevocationPublicationView,
    SummaryView,
    ViolationView,
)
from certctl_client.catalog.consents import allowed_in_short
from certctl_client.mcp.marked import marked
from certctl_client.mcp.marking import Marking
from certctl_client.mcp.models import (
    AttemptRecord,
    Attention,
    AttentionItemRecord,
    AttentionLineRecord,
    AuditRecord,
    CertificateRecord,
    ChannelRecord,
    FailureRecord,
    JobRecord,
    NotificationRecord,
    ProgressRecord,
    PublicationRecord,
    RenewalRecord,
    SelectionRecord,
    Summary,
)
from certctl_client.mcp.models_catalog import CatalogRecord, CheckRecord, ViolationRecord
from certctl_client.mcp.models_deployments import AgentRecord, DeploymentRecord

_LISTED_SANS = 5
_DETAILS_LIMIT = 2000
_OF_EVERY_KIND = frozenset(
    {"id", "name", "version", "team_id", "type", "enabled", "status", "created_at", "updated_at"}
)


def listed_certificate(marking: Marking, record: CertificateView) -> CertificateRecord:
    """A certificate with its first names only: it may have eighty."""
    return _certificate(marking, record, _LISTED_SANS, None, None)


def certificate(marking: Marking, record: CertificateDetailsView) -> CertificateRecord:
    return _certificate(marking, record, None, record["renewal"], record.get("revocation"))


def _certificate(
    marking: Marking,
    record: CertificateView,
    shown_sans: int | None,
    plan: RenewalPlanView | None,
    publication: RevocationPublicationView | None,
) -> CertificateRecord:
    return marked(
        CertificateRecord,
        marking,
        record,
        renewal=marked(RenewalRecord, marking, plan) if plan else None,
        revocation=marked(PublicationRecord, marking, publication) if publication else None,
        san_count=len(record["sans"]),
        untrusted_sans=[marking.text(san) for san in record["sans"][:shown_sans]],
        untrusted_tags=[marking.text(f"{name}={value}") for name, value in record["tags"].items()],
    )


def listed_notification(marking: Marking, record: NotificationView) -> NotificationRecord:
    return marked(NotificationRecord, marking, record, attempts=None)


def notification(marking: Marking, record: NotificationView) -> NotificationRecord:
    attempts = [marked(AttemptRecord, marking, attempt) for attempt in record["attempts"]]
    return marked(NotificationRecord, marking, record, attempts=attempts)


def attention(marking: Marking, report: AttentionView) -> Attention:
    lines = [
        marked(
            AttentionLineRecord,
            marking,
            line,
            worst=[marked(AttentionItemRecord, marking, item) for item in line["worst"]],
        )
        for line in report["lines"]
    ]
    return marked(Attention, marking, report, notice=marking.notice, lines=lines)


def channel(marking: Marking, record: ChannelView) -> ChannelRecord:
    """A channel without its settings, which do not help to find out why it does not work."""
    return marked(ChannelRecord, marking, record)


def audit_event(marking: Marking, record: AuditEventView) -> AuditRecord:
    return marked(AuditRecord, marking, record, untrusted_details=_json(marking, record["details"]))


def catalog_record(marking: Marking, record: Mapping[str, Any]) -> CatalogRecord:
    """A catalog record of any kind."""
    content = {name: value for name, value in record.items() if name not in _OF_EVERY_KIND}
    return marked(CatalogRecord, marking, record, untrusted_content=_json(marking, content))


def violation(marking: Marking, record: ViolationView) -> ViolationRecord:
    return marked(ViolationRecord, marking, record)


def check(marking: Marking, made: CheckView) -> CheckRecord:
    return marked(CheckRecord, marking, made)


def deployment(marking: Marking, record: DeploymentView) -> DeploymentRecord:
    return marked(DeploymentRecord, marking, record)


def agent(marking: Marking, record: AgentView) -> AgentRecord:
    platform = " ".join((record["agent_version"], record["os"], record["architecture"]))
    return marked(
        AgentRecord,
        marking,
        record,
        untrusted_platform=marking.text(platform),
        untrusted_allows=marking.optional_text(allowed_in_short(record)),
    )


def job(marking: Marking, record: JobView) -> JobRecord:
    return marked(
        JobRecord,
        marking,
        record,
        progress=_progress(marking, record["progress"]) if "progress" in record else None,
        revocation=marked(SelectionRecord, marking, record["revocation"]) if "revocation" in record else None,
    )


def _progress(marking: Marking, record: ProgressView) -> ProgressRecord:
    failures = [marked(FailureRecord, marking, failure) for failure in record["errors"]]
    return marked(ProgressRecord, marking, record, failures=failures)


def summary(record: SummaryView) -> Summary:
    """The summary, which has only numbers and times, so nothing is marked."""
    return Summary.model_validate(record)


def _json(marking: Marking, value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return marking.text(text, _DETAILS_LIMIT)
