"""When a request is retried, and after how long."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from certctl_client.api.http import httpx

_THROTTLED = 429
_RETRYABLE = frozenset({_THROTTLED, 502, 503})


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds. Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter")."""

    attempts: int = 4
    base: float = 0.25
    cap: float = 8.0
    max_requested: float = 60.0

    def is_retryable(self, response: httpx.Response, is_repeatable: bool = True) -> bool:
        """Whether to retry: API Gateway throttles before any effect; otherwise the request may have had
        one."""
        return response.status_code in (_RETRYABLE if is_repeatable else (_THROTTLED,))

    def wait(self, attempt: int, response: httpx.Response | None, chance: Callable[[], float]) -> float:
        """Seconds before attempt `attempt + 1` (the first is 1): the value of Retry-After, else jitter."""
        requested = retry_after(response) if response is not None else None
        if requested is not None:
            return min(requested, self.max_requested)
        return min(self.cap, self.base * 2.0 ** (attempt - 1)) * chance()


def jitter() -> float:
    return random.random()  # noqa: S311 - spreads load, hides nothing


def retry_after(response: httpx.Response) -> float | None:
    """The seconds of Retry-After (RFC 9110 10.2.3), given as seconds or a date; None if absent or
    unreadable."""
    text: str = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    ahead = moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)
    return max(0.0, ahead.total_seconds())
