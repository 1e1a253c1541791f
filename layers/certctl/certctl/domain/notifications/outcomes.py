"""The outcome of one attempt to send a notification: a value, never an exception
(docs/channels.md#outcomes)."""

from dataclasses import dataclass
from enum import StrEnum

ERROR_LIMIT = 256


class OutcomeKind(StrEnum):
    """`accepted`: the provider took it, delivery unknown. `channel_gone`: the channel itself has ended."""

    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    THROTTLED = "throttled"
    RETRYABLE = "retryable"
    PERMANENT = "permanent"
    CHANNEL_GONE = "channel_gone"


@dataclass(frozen=True)
class Outcome:
    """One attempt's result. `status_code` is None without a response; `error` is empty on success, 256
    characters at most, without URLs or secrets; `retry_after` is the requested wait in seconds."""

    kind: OutcomeKind
    status_code: int | None = None
    error: str = ""
    retry_after: float | None = None
    duration_ms: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "error", self.error[:ERROR_LIMIT])

    @property
    def went_through(self) -> bool:
        return self.kind in (OutcomeKind.DELIVERED, OutcomeKind.ACCEPTED)
