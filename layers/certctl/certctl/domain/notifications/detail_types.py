"""The `detail-type` of the events that EventBridge channels send: docs/events/README.md."""

from collections.abc import Mapping
from types import MappingProxyType

from certctl.domain.notifications.statuses import NotificationType

VERSION = 1
"""The version of `detail`: a change that could break a consumer is a new version beside the old one (ADR
19)."""

SUBJECTS: Mapping[NotificationType, str] = MappingProxyType(
    {
        NotificationType.EXPIRATION_WARNING: "Certificate Expiring",
        NotificationType.RENEWAL_SUCCESS: "Certificate Renewed",
        NotificationType.RENEWAL_FAILURE: "Certificate Renewal Failed",
        NotificationType.DEPLOYMENT_SUCCESS: "Certificate Deployed",
        NotificationType.DEPLOYMENT_FAILURE: "Certificate Deployment Failed",
        NotificationType.POLICY_VIOLATION: "Policy Violated",
        NotificationType.REVOCATION: "Certificate Revoked",
        NotificationType.CHANNEL_FAILURE: "Channel Failed",
        NotificationType.REPLACEMENT_NEEDED: "Certificate Replacement Needed",
        NotificationType.ENDPOINT_PROBLEM: "Endpoint Problem",
        NotificationType.UNMANAGED_EXPIRY: "Unmanaged Certificate Expiring",
        NotificationType.UNKNOWN_ISSUANCE: "Unknown Issuance",
        NotificationType.SOURCE_FAILURE: "Source Failed",
        NotificationType.DIGEST: "Weekly Digest",
        NotificationType.TEST: "Channel Tested",
    }
)


def detail_type(type_: NotificationType) -> str:
    return f"certctl {SUBJECTS[type_]} v{VERSION}"
