"""Lifecycles and statuses of certificates, without the certificates: what filters them needs no more."""

from collections.abc import Mapping
from enum import StrEnum


class Lifecycle(StrEnum):
    """The stored lifecycle. Revoked is terminal; Archived can only become Revoked."""

    PENDING = "Pending"
    ACTIVE = "Active"
    ON_HOLD = "OnHold"
    REVOKED = "Revoked"
    ARCHIVED = "Archived"

    def can_transition_to(self, target: "Lifecycle") -> bool:
        return target in _TRANSITIONS[self]

    @property
    def has_ended(self) -> bool:
        """Nothing is issued, deployed or enforced for it any more."""
        return self in (Lifecycle.REVOKED, Lifecycle.ARCHIVED)


_TRANSITIONS: Mapping[Lifecycle, frozenset[Lifecycle]] = {
    Lifecycle.PENDING: frozenset(
        {Lifecycle.ACTIVE, Lifecycle.ON_HOLD, Lifecycle.REVOKED, Lifecycle.ARCHIVED}
    ),
    Lifecycle.ACTIVE: frozenset({Lifecycle.ON_HOLD, Lifecycle.REVOKED, Lifecycle.ARCHIVED}),
    Lifecycle.ON_HOLD: frozenset(
        {Lifecycle.PENDING, Lifecycle.ACTIVE, Lifecycle.REVOKED, Lifecycle.ARCHIVED}
    ),
    Lifecycle.ARCHIVED: frozenset({Lifecycle.REVOKED}),
    Lifecycle.REVOKED: frozenset(),
}


class RenewalState(StrEnum):
    IDLE = "idle"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"


class Status(StrEnum):
    """Computed, never stored, so that time passing changes no row. The first that applies: Revoked, Archived,
    OnHold; Failed or Pending before the first version; Expired, Expiring, RenewalInProgress, Active."""

    PENDING = "Pending"
    ACTIVE = "Active"
    EXPIRING = "Expiring"
    EXPIRED = "Expired"
    RENEWAL_IN_PROGRESS = "RenewalInProgress"
    FAILED = "Failed"
    REVOKED = "Revoked"
    ARCHIVED = "Archived"
    ON_HOLD = "OnHold"


class VersionState(StrEnum):
    RESERVED = "reserved"
    ISSUED = "issued"
    ABANDONED = "abandoned"
