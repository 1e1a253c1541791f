"""Types, severities and states of notifications, without these: what filters them needs no more."""

from enum import StrEnum


class NotificationType(StrEnum):
    """`Test` is the type of a channel's test messages, which are not stored."""

    EXPIRATION_WARNING = "ExpirationWarning"
    RENEWAL_SUCCESS = "RenewalSuccess"
    RENEWAL_FAILURE = "RenewalFailure"
    DEPLOYMENT_SUCCESS = "DeploymentSuccess"
    DEPLOYMENT_FAILURE = "DeploymentFailure"
    POLICY_VIOLATION = "PolicyViolation"
    REVOCATION = "Revocation"
    CHANNEL_FAILURE = "ChannelFailure"
    REPLACEMENT_NEEDED = "ReplacementNeeded"
    ENDPOINT_PROBLEM = "EndpointProblem"
    UNMANAGED_EXPIRY = "UnmanagedExpiry"
    UNKNOWN_ISSUANCE = "UnknownIssuance"
    SOURCE_FAILURE = "SourceFailure"
    DIGEST = "Digest"
    TEST = "Test"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Action(StrEnum):
    """A resolve ends the incident that a trigger with the same `dedup_key` opened."""

    TRIGGER = "trigger"
    RESOLVE = "resolve"


class NotificationStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"


class DeliveryState(StrEnum):
    """Notifications by what becomes of them: waiting ones are pending or failed, and are not sent yet."""

    WAITING = "waiting"
