"""A notification as a channel gets it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.notifiers.base import Providers
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.statuses import Action, NotificationType, Severity

REVOKED = Message(
    notification_id="notif-01k7q6e5w3s2n8m4v0c9b1x7za",
    type=NotificationType.REVOCATION,
    severity=Severity.CRITICAL,
    action=Action.TRIGGER,
    dedup_key="Revocation/mc-shop/4f2a",
    subject="shop.example was revoked",
    body="Reason: keyCompromise. Replace it on every target.",
    occurred_at=datetime(2026, 11, 24, 13, 0, tzinfo=UTC),
    certificate=CertificateFacts(
        name="shop",
        common_name="shop.example",
        serial="4f2a",
        expires_at=datetime(2027, 2, 1, tzinfo=UTC),
        environment="production",
        owner="Ada",
        team="Payments",
        owner_id="o-ada",
        team_id="t-payments",
    ),
    link="https://certctl.example/certificates/mc-shop",
    certificate_id="mc-shop",
    team_id="t-payments",
)


def providers(http: OutboundHttp, secrets: Secrets) -> Providers:
    """The providers for HTTP notifiers."""
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]))
    return Providers(http, secrets, guard, _no_client, "blue")


def _no_client(service: str) -> Any:
    raise AssertionError(f"this test has no {service} client")


def a_message(**changes: Any) -> Message:
    return replace(REVOKED, **changes)
