"""The content of a notification, before a channel formats it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from certctl.domain.notifications.notifications import CertificateFacts, Notification
from certctl.domain.notifications.statuses import Action, NotificationType, Severity


@dataclass(frozen=True)
class Message:
    """One alert. `notification_id` is the provider's idempotency key, the same on every attempt; `dedup_key`
    (`<type>/<certificate>/<version serial>`) groups alerts into an incident; `link` is the dashboard's page,
    empty if there is none; `recipient` is the mail address, or the channel's name for all but mail.
    `certificate_id` and `team_id` are empty if the alert is about none. `digest` has the lists of a weekly
    digest, for machines."""

    notification_id: str
    type: NotificationType
    severity: Severity
    action: Action
    dedup_key: str
    subject: str
    body: str
    occurred_at: datetime
    certificate: CertificateFacts = field(default_factory=CertificateFacts)
    link: str = ""
    recipient: str = ""
    certificate_id: str = ""
    team_id: str = ""
    digest: Mapping[str, Any] | None = None


def link_of(row: Notification, dashboard_url: str) -> str:
    """The dashboard's page of the certificate, else of the notification; empty without a dashboard."""
    if not dashboard_url:
        return ""
    if row.certificate_id:
        return f"{dashboard_url}/certificates/{row.certificate_id}"
    return f"{dashboard_url}/notifications?open={row.id}"
