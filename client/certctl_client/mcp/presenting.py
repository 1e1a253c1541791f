"""Records of the API as the tools answer them: words as they are, texts of strangers marked."""

import json
from collections.abc import Mapping
from typing import Any

from certctl_client.api import catalog_records, job_records, records
from certctl_client.mcp.marking import Marking
from certctl_client.mcp.models import (
    AttemptRecord,
    AuditRecord,
    CertificateRecord,
    ChannelRecord,
    FailureRecord,
    JobRecord,
    NotificationRecord,
    ProgressRecord,
    RenewalRecord,
    SelectionRecord,
    Summary,
)
from certctl_client.mcp.models_catalog import CatalogRecord, CheckRecord, ViolationRecord

_LISTED_SANS = 5
_DETAILS_LIMIT = 2000
_OF_EVERY_KIND = frozenset(
    {"id", "name", "version", "team_id", "type", "enabled", "status", "created_at", "updated_at"}
)


def listed_certificate(marking: Marking, record: records.Certificate) -> CertificateRecord:
    """With the first names only: a certificate may have eighty."""
    return _certificate(marking, record, _LISTED_SANS, None)


def certificate(marking: Marking, record: records.CertificateDetails) -> CertificateRecord:
    return _certificate(marking, record, None, record["renewal"])


def _certificate(
    marking: Marking,
    record: records.Certificate,
    shown_sans: int | None,
    plan: records.RenewalPlan | None,
) -> CertificateRecord:
    word, text = marking.word, marking.text
    return CertificateRecord(
        id=word(record["id"]),
        status=word(record["status"]),
        renewal_state=marking.optional_word(record.get("renewal_state")),
        untrusted_renewal_error=marking.optional_text(record.get("renewal_error")),
        serial_number=marking.optional_word(record["serial_number"]),
        expires_at=marking.optional_word(record["expires_at"]),
        issuer_id=word(record["issuer_id"]),
        team_id=word(record["team_id"]),
        owner_id=word(record["owner_id"]),
        certificate_profile_id=word(record["certificate_profile_id"]),
        renewal_policy_id=word(record["renewal_policy_id"]),
        last_renewal_at=marking.optional_word(record["last_renewal_at"]),
        revoked_at=marking.optional_word(record["revoked_at"]),
        revocation_reason=marking.optional_word(record["revocation_reason"]),
        last_deployment_at=marking.optional_word(record["last_deployment_at"]),
        target_ids=[word(target_id) for target_id in record["target_ids"]],
        renewal=_plan(marking, plan) if plan else None,
        open_job_id=marking.optional_word(record["open_job_id"]),
        created_at=word(record["created_at"]),
        untrusted_name=text(record["name"]),
        untrusted_common_name=text(record["common_name"]),
        untrusted_environment=text(record["environment"]),
        san_count=len(record["sans"]),
        untrusted_sans=[text(san) for san in record["sans"][:shown_sans]],
        untrusted_tags=[text(f"{name}={value}") for name, value in record["tags"].items()],
    )


def _plan(marking: Marking, plan: records.RenewalPlan) -> RenewalRecord:
    return RenewalRecord(
        renew_at=marking.optional_word(plan["renew_at"]), alert_at=marking.optional_word(plan["alert_at"])
    )


def listed_notification(marking: Marking, record: records.Notification) -> NotificationRecord:
    return _notification(marking, record, None)


def notification(marking: Marking, record: records.Notification) -> NotificationRecord:
    return _notification(marking, record, [_attempt(marking, made) for made in record["attempts"]])


def _notification(
    marking: Marking, record: records.Notification, attempts: list[AttemptRecord] | None
) -> NotificationRecord:
    word, text = marking.word, marking.text
    return NotificationRecord(
        id=word(record["id"]),
        type=word(record["type"]),
        severity=word(record["severity"]),
        action=word(record["action"]),
        status=word(record["status"]),
        outcome=marking.optional_word(record["outcome"]),
        channel=word(record["channel"]),
        channel_id=word(record["channel_id"]),
        certificate_id=marking.optional_word(record["certificate_id"]),
        team_id=marking.optional_word(record["team_id"]),
        retry_count=record["retry_count"],
        max_attempts=record.get("max_attempts"),
        dead_because=marking.optional_word(record.get("dead_because")),
        created_at=word(record["created_at"]),
        queued_at=word(record["queued_at"]),
        next_retry_at=marking.optional_word(record["next_retry_at"]),
        sent_at=marking.optional_word(record["sent_at"]),
        dead_at=marking.optional_word(record["dead_at"]),
        read_at=marking.optional_word(record["read_at"]),
        folded_into=marking.optional_word(record["folded_into"]),
        untrusted_recipient=text(record["recipient"]),
        untrusted_subject=text(record["subject"]),
        untrusted_message=text(record["message"]),
        untrusted_last_error=marking.optional_text(record["last_error"]),
        attempts=attempts,
    )


def _attempt(marking: Marking, made: records.Attempt) -> AttemptRecord:
    return AttemptRecord(
        n=made["n"],
        at=marking.word(made["at"]),
        outcome=marking.word(made["outcome"]),
        status_code=made["status_code"],
        duration_ms=made["duration_ms"],
        untrusted_error=marking.text(made["error"]),
    )


def channel(marking: Marking, record: records.Channel) -> ChannelRecord:
    """Without its settings, which nobody needs to find out why it does not work."""
    return ChannelRecord(
        id=marking.word(record["id"]),
        kind=marking.word(record["kind"]),
        enabled=record["enabled"],
        state=marking.word(record["state"]),
        since=marking.optional_word(record["since"]),
        paused_until=marking.optional_word(record["paused_until"]),
        team_id=marking.optional_word(record["team_id"]),
        untrusted_last_error=marking.optional_text(record["last_error"]),
    )


def audit_event(marking: Marking, record: records.AuditEvent) -> AuditRecord:
    return AuditRecord(
        id=marking.word(record["id"]),
        timestamp=marking.word(record["timestamp"]),
        actor=marking.word(record["actor"]),
        actor_type=marking.word(record["actor_type"]),
        action=marking.word(record["action"]),
        resource_type=marking.word(record["resource_type"]),
        resource_id=marking.word(record["resource_id"]),
        team_id=marking.optional_word(record["team_id"]),
        untrusted_details=_json(marking, record["details"]),
    )


def catalog_record(marking: Marking, record: Mapping[str, Any]) -> CatalogRecord:
    """Of any kind."""
    content = {name: value for name, value in record.items() if name not in _OF_EVERY_KIND}
    return CatalogRecord(
        id=marking.word(record["id"]),
        version=record["version"],
        team_id=marking.optional_word(record.get("team_id")),
        type=marking.optional_word(record.get("type")),
        enabled=record.get("enabled"),
        status=marking.optional_word(record.get("status")),
        created_at=marking.word(record["created_at"]),
        updated_at=marking.word(record["updated_at"]),
        untrusted_name=marking.text(record["name"]),
        untrusted_content=_json(marking, content),
    )


def violation(marking: Marking, record: catalog_records.Violation) -> ViolationRecord:
    return ViolationRecord(
        id=marking.word(record["id"]),
        policy_id=marking.word(record["policy_id"]),
        certificate_id=marking.optional_word(record["certificate_id"]),
        team_id=marking.word(record["team_id"]),
        severity=marking.word(record["severity"]),
        refused=record["refused"],
        state=marking.optional_word(record.get("state")),
        ended_at=marking.optional_word(record.get("ended_at")),
        occurrences=record["occurrences"],
        created_at=marking.word(record["created_at"]),
        last_seen_at=marking.word(record["last_seen_at"]),
        untrusted_policy_name=marking.text(record["policy_name"]),
        untrusted_common_name=marking.text(record["common_name"]),
        untrusted_message=marking.text(record["message"]),
    )


def check(marking: Marking, made: catalog_records.Check) -> CheckRecord:
    return CheckRecord(
        name=marking.word(made["name"]),
        passed=made["passed"],
        untrusted_detail=marking.text(made["detail"]),
    )


def job(marking: Marking, record: job_records.Job) -> JobRecord:
    return JobRecord(
        id=marking.word(record["id"]),
        type=marking.word(record["type"]),
        status=marking.word(record["status"]),
        certificate_id=marking.optional_word(record["certificate_id"]),
        team_id=marking.optional_word(record["team_id"]),
        target_id=marking.optional_word(record["target_id"]),
        agent_id=marking.optional_word(record["agent_id"]),
        attempts=record["attempts"],
        max_attempts=record["max_attempts"],
        requested_by=marking.word(record["requested_by"]),
        scheduled_at=marking.word(record["scheduled_at"]),
        started_at=marking.optional_word(record["started_at"]),
        completed_at=marking.optional_word(record["completed_at"]),
        untrusted_last_error=marking.optional_text(record["last_error"]),
        progress=_progress(marking, record["progress"]) if "progress" in record else None,
        revocation=_selection(marking, record["revocation"]) if "revocation" in record else None,
    )


def _selection(marking: Marking, asked: job_records.BulkSelection) -> SelectionRecord:
    return SelectionRecord(
        reason=marking.word(asked["reason"]),
        invalidity_date=marking.optional_word(asked["invalidity_date"]),
        named=asked["named"],
        owner_id=marking.optional_word(asked["owner_id"]),
        team_id=marking.optional_word(asked["team_id"]),
        issuer_id=marking.optional_word(asked["issuer_id"]),
        profile_id=marking.optional_word(asked["profile_id"]),
        status=marking.optional_word(asked["status"]),
        untrusted_environment=marking.optional_text(asked["environment"]),
    )


def _progress(marking: Marking, record: job_records.Progress) -> ProgressRecord:
    return ProgressRecord(
        total=record["total"],
        matched=record["matched"],
        done=record["done"],
        skipped=record["skipped"],
        failed=record["failed"],
        failures=[
            FailureRecord(
                certificate_id=marking.word(failure["certificate_id"]),
                untrusted_error=marking.text(failure["error"]),
            )
            for failure in record["errors"]
        ],
    )


def summary(record: records.Summary) -> Summary:
    """Numbers, and a time."""
    return Summary.model_validate(record)


def _json(marking: Marking, value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return marking.text(text, _DETAILS_LIMIT)
