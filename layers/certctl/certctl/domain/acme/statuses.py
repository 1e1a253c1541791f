"""The statuses of orders and accounts (RFC 8555 section 7.1.6)."""

from enum import StrEnum


class OrderStatus(StrEnum):
    PENDING = "pending"
    READY = "ready"
    PROCESSING = "processing"
    VALID = "valid"
    INVALID = "invalid"


class AccountStatus(StrEnum):
    """Deactivated by its client, revoked by an operator: neither ends."""

    VALID = "valid"
    DEACTIVATED = "deactivated"
    REVOKED = "revoked"
