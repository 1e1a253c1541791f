"""Chooses the fields of the API's records that a model needs."""

from collections.abc import Mapping
from typing import Any

from certctl_client.api.schema import (
    AgentView,
    AttentionView,
    AuditEventView,
    AuthorityView,
    CampaignItemView,
    CertificateView,
    CheckView,
    DeploymentView,
    JobView,
)
from certctl_client.catalog.consents import allowed_in_short
from certctl_client.mcp.results import selected
from certctl_client.output import fields_of
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS

_LISTED_SANS = 5
_IDLE = "idle"

_CERTIFICATE_LISTED = tuple(field.name for field in CERTIFICATE_FIELDS if field.mcp == "list")
_CERTIFICATE = (
    *(field.name for field in CERTIFICATE_FIELDS if field.mcp),
    "revocation",
    "renewal",
    "campaigns",
)
NOTIFICATION_LISTED = (
    *("id", "type", "severity", "action", "status", "outcome", "channel_id", "certificate_id", "team_id"),
    *("retry_count", "dead_because", "created_at", "next_retry_at", "sent_at", "dead_at", "folded_into"),
    *("subject", "message", "last_error"),
)
NOTIFICATION = (
    *NOTIFICATION_LISTED,
    *("channel", "certificate_name", "recipient", "max_attempts", "queued_at", "read_at", "attempts"),
)
CHANNEL = ("id", "kind", "enabled", "state", "since", "paused_until", "team_id", "last_error")
"""Without the settings, which do not help to find out why a channel does not work."""
AUDIT_EVENT = fields_of(AuditEventView)
VIOLATION = (
    *("id", "policy_id", "policy_name", "certificate_id", "common_name", "team_id", "severity", "refused"),
    *("state", "ended_at", "occurrences", "created_at", "last_seen_at", "message"),
)
CHECK = fields_of(CheckView)
REFUSED_CERTIFICATE = ("certificate_id", "common_name", "team_id", "exemptible", "name_count")
DEPLOYMENT = fields_of(DeploymentView)
_AGENT = (
    *("id", "name", "hostname", "team_id", "status", "last_heartbeat_at", "next_contact_at", "agent_version"),
    *("os", "architecture", "registered_at"),
)
_JOB = fields_of(JobView)
_AUTHORITY = (
    *("ca_id", "parent_id", "issuer_id", "role", "state", "subject", "serial_number", "not_before"),
    *("not_after", "fingerprint_sha256", "key_algorithm", "key_bits", "key_spec", "revoked_at"),
    "revocation_reason",
    "ocsp_revoked_for_all",
)
REVOCATION = (
    *("serial_number", "certificate_id", "certificate_name", "ca_id", "issuer_id", "reason", "revoked_at"),
    *(
        "invalidity_date",
        "ticket",
        "expires_at",
        "state",
        "crl_number",
        "crl_url",
        "published_at",
        "is_first",
        "due_by",
        "receipt",
    ),
    *("issuer_revocation", "issuer_reason", "issuer_settled_at"),
)
CAMPAIGN = (
    *("id", "state", "reason", "selection", "total", "counts", "on_deadline", "deadline", "requested_by"),
    *("requested_by_name", "ticket", "error", "created_at", "confirmed_at", "ended_at"),
)
CAMPAIGN_ITEM = fields_of(CampaignItemView)
_NEWEST_CRL = ("crl_number", "entries", "this_update", "next_update", "url")
_LINE = ("kind", "urgency", "count", "is_complete", "since", "worst")
_KEY = ("id", "name", "role", "teams", "expires_at")


def listed_certificate(record: CertificateView) -> dict[str, Any]:
    """A certificate with its first names only: it may have eighty. What says nothing new is left out."""
    shown = selected(record, _CERTIFICATE_LISTED)
    others = [san for san in record["sans"] if san != f"DNS:{record['common_name']}"]
    if shown.get("common_name") == shown.get("name"):
        del shown["common_name"]
    if shown.get("renewal_state") == _IDLE:
        del shown["renewal_state"]
    if others:
        shown["sans"] = others[:_LISTED_SANS]
    if len(others) > _LISTED_SANS:
        shown["san_count"] = len(record["sans"])
    return shown


def certificate(record: Mapping[str, Any]) -> dict[str, Any]:
    return selected(record, _CERTIFICATE)


def attention(report: AttentionView) -> dict[str, Any]:
    lines = [selected(line, _LINE) for line in report["lines"]]
    return {**selected(report, ("critical", "unknown", "completed_at")), "lines": lines}


def agent(record: AgentView) -> dict[str, Any]:
    return {**selected(record, _AGENT), "allows": allowed_in_short(record)}


def job(record: JobView) -> dict[str, Any]:
    return selected(record, _JOB)


def authority(record: AuthorityView) -> dict[str, Any]:
    """A CA with the newest of its CRLs, `all`, which is last."""
    crls = record["crls"]
    return {**selected(record, _AUTHORITY), "crl": selected(crls[-1], _NEWEST_CRL) if crls else None}


def own_key(record: Mapping[str, Any]) -> dict[str, Any]:
    shown = selected(record, _KEY)
    grants = [f"{grant['permission']} ({grant['scope']})" for grant in record["permissions"]]
    return {**shown, "permissions": grants}
