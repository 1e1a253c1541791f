"""Waits between attempts."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class RetrySchedule:
    """Exponential backoff as data: waits of base * 2^n seconds up to the cap; `max_attempts` tries."""

    max_attempts: int
    base_seconds: float
    cap_seconds: float

    def wait_after(self, failures_before: int) -> float:
        """Seconds to wait after a failure that `failures_before` others preceded."""
        return min(self.base_seconds * 2.0 ** min(failures_before, 60), self.cap_seconds)

    def jittered_wait_after(self, failures_before: int, random: Callable[[], float]) -> float:
        return with_jitter(self.wait_after(failures_before), self.cap_seconds, random)

    def is_spent(self, failures_before: int) -> bool:
        """Whether one more failure is the last."""
        return failures_before >= self.max_attempts - 1


def with_jitter(seconds: float, cap_seconds: float, random: Callable[[], float]) -> float:
    """Adds 0 to 10 %, so that rows which failed together do not return together; never above the cap."""
    return min(seconds * (1 + random() / 10), cap_seconds)
