"""Samples of alerts: what a channel gets of each type, to test it and what reads its messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from certctl.domain.notifications.detail_types import SUBJECTS
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.statuses import NotificationType, Severity

_SEVERITIES: Mapping[NotificationType, Severity] = MappingProxyType(
    {
        NotificationType.EXPIRATION_WARNING: Severity.WARNING,
        NotificationType.RENEWAL_SUCCESS: Severity.INFO,
        NotificationType.RENEWAL_FAILURE: Severity.CRITICAL,
        NotificationType.DEPLOYMENT_SUCCESS: Severity.INFO,
        NotificationType.DEPLOYMENT_FAILURE: Severity.CRITICAL,
        NotificationType.POLICY_VIOLATION: Severity.WARNING,
        NotificationType.REVOCATION: Severity.WARNING,
        NotificationType.CHANNEL_FAILURE: Severity.CRITICAL,
        NotificationType.REPLACEMENT_NEEDED: Severity.WARNING,
        NotificationType.ENDPOINT_PROBLEM: Severity.WARNING,
        NotificationType.UNMANAGED_EXPIRY: Severity.WARNING,
        NotificationType.UNKNOWN_ISSUANCE: Severity.CRITICAL,
        NotificationType.SOURCE_FAILURE: Severity.WARNING,
        NotificationType.DIGEST: Severity.INFO,
        NotificationType.TEST: Severity.INFO,
    }
)
_ABOUT_NO_CERTIFICATE = frozenset(
    {
        NotificationType.CHANNEL_FAILURE,
        NotificationType.UNMANAGED_EXPIRY,
        NotificationType.UNKNOWN_ISSUANCE,
        NotificationType.SOURCE_FAILURE,
        NotificationType.DIGEST,
        NotificationType.TEST,
    }
)


@dataclass(frozen=True)
class Sample:
    """`subject` and `message` say that it is a test. `facts` are of a certificate that does not exist."""

    severity: Severity
    subject: str
    message: str
    facts: CertificateFacts


def sample_of(type_: NotificationType, channel_id: str, now: datetime) -> Sample:
    """An alert of the type, as somebody who tests the channel gets it."""
    nothing = f"Somebody tests the channel {channel_id}. Nothing has happened, nothing is to be done."
    if type_ is NotificationType.TEST:
        return Sample(Severity.INFO, "Test message from certctl", nothing, CertificateFacts())
    facts = CertificateFacts() if type_ in _ABOUT_NO_CERTIFICATE else _certificate(now)
    subject = f"Test: {SUBJECTS[type_]} (sample)"
    return Sample(_SEVERITIES[type_], subject, f"A sample of the alert {type_}. {nothing}", facts)


def _certificate(now: datetime) -> CertificateFacts:
    return CertificateFacts(
        name="sample",
        common_name="sample.example.com",
        serial="5a3a9fe0",
        expires_at=now + timedelta(days=3),
        environment="test",
        owner="Sample owner",
        team="Sample team",
    )
