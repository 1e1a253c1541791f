"""What is known about an observed certificate: the state that is stored, and the status that people see."""

from enum import StrEnum


class ObservedState(StrEnum):
    """The stored state."""

    UNMANAGED = "Unmanaged"
    CLAIMED = "Claimed"
    MANAGED = "Managed"
    DISMISSED = "Dismissed"

    @property
    def is_watched(self) -> bool:
        """Whether its expiry is reported."""
        return self in (ObservedState.UNMANAGED, ObservedState.CLAIMED)


class ObservedStatus(StrEnum):
    """The status that people see: it follows from the state, the places and the successor."""

    MANAGED = "Managed"
    GONE = "Gone"
    DISMISSED = "Dismissed"
    SUPERSEDED = "Superseded"
    CLAIMED = "Claimed"
    UNMANAGED = "Unmanaged"


def status_of(state: ObservedState, *, is_gone: bool, is_superseded: bool) -> ObservedStatus:
    """The first of Managed, Gone, Dismissed, Superseded, Claimed and Unmanaged that applies."""
    if state is ObservedState.MANAGED:
        return ObservedStatus.MANAGED
    if is_gone:
        return ObservedStatus.GONE
    if state is ObservedState.DISMISSED:
        return ObservedStatus.DISMISSED
    if is_superseded:
        return ObservedStatus.SUPERSEDED
    return ObservedStatus(state.value)


class Trust(StrEnum):
    """Whose signature leads to the certificate; UNKNOWN without a path that was verified."""

    OURS = "ours"
    PUBLIC = "public"
    UNKNOWN = "unknown"
