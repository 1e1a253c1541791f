"""The states of ACME accounts."""

from enum import StrEnum


class AccountStatus(StrEnum):
    """Deactivated by its client, revoked by an operator: neither ends."""

    VALID = "valid"
    DEACTIVATED = "deactivated"
    REVOKED = "revoked"
