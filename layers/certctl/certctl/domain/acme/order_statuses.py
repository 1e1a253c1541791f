"""The statuses of orders (RFC 8555 section 7.1.6)."""

from enum import StrEnum


class OrderStatus(StrEnum):
    PENDING = "pending"
    READY = "ready"
    PROCESSING = "processing"
    VALID = "valid"
    INVALID = "invalid"
