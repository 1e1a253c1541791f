"""Checks that an event bus exists. PutEvents does not: for a bus that does not exist it reports success, and
the event is lost (github.com/aws/aws-cli/issues/9186)."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.domain.channels.kinds.eventbridge import Bus

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

_KEPT_SECONDS = 60
_MOST = 100


class EventBuses:
    """Checks each bus once a minute; the `default` one always exists. Thread-safe."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._seen: dict[str, float] = {}

    def require(self, bus: Bus, client: "EventBridgeClient") -> None:
        """Raises what the client raises: ResourceNotFoundException for a bus that does not exist."""
        if bus.always_exists or self._was_seen(bus):
            return
        client.describe_event_bus(Name=bus.reference)
        with self._lock:
            if len(self._seen) >= _MOST:
                self._seen.clear()
            self._seen[bus.reference] = self._monotonic()

    def _was_seen(self, bus: Bus) -> bool:
        with self._lock:
            seen = self._seen.get(bus.reference)
        return seen is not None and self._monotonic() - seen < _KEPT_SECONDS
