"""What a notification says, before a channel gives it its form."""

from dataclasses import dataclass, field
from datetime import datetime

from certctl.domain.notifications import Action, NotificationType, Severity


@dataclass(frozen=True)
class CertificateFacts:
    """What a person on call needs to know of the certificate. Unknown facts are empty."""

    name: str = ""
    common_name: str = ""
    serial: str = ""
    expires_at: datetime | None = None
    environment: str = ""
    owner: str = ""
    team: str = ""


@dataclass(frozen=True)
class Message:
    """One alert. `notification_id` is the provider's idempotency key, the same on every attempt;
    `dedup_key` (`<type>/<certificate>/<version serial>`) groups alerts into an incident;
    `link` is the dashboard's page, empty where there is none.
    """

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
