"""Open connections that a run reuses for its next requests."""

import threading
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from certctl.connectors.address_guard import PinnedTarget
from certctl.connectors.http.pinned_connection import PinnedConnection

# Servers close idle connections after 5 s (Node.js, Apache) or later. Reusing one within 2 s hardly ever
# writes to a connection that is being closed, and a run's requests to one host follow each other closely.
_IDLE_SECONDS = 2.0
# To all hosts together: a Lambda function may open 1,024 files.
_MOST_KEPT = 64


@dataclass(frozen=True)
class _Idle:
    connection: PinnedConnection
    since: float


class IdleConnections:
    """Thread-safe. Call `clear` at the end of a run: Lambda then freezes the process for longer than any
    server waits."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: list[_Idle] = []
        # Without `clear`, the sockets are closed with the last reference, as those of urllib3's pool are.
        weakref.finalize(self, _hang_up, self._kept)

    def take(self, target: PinnedTarget) -> PinnedConnection | None:
        """The youngest to the target that is still open."""
        while idle := self._removed(target):
            if not self._is_old(idle) and idle.connection.is_quiet():
                return idle.connection
            idle.connection.hang_up()
        return None

    def put(self, connection: PinnedConnection) -> None:
        idle = _Idle(connection, self._monotonic())
        with self._lock:
            young = [kept for kept in self._kept if not self._is_old(kept)]
            staying = [*young, idle][-_MOST_KEPT:]
            leaving = [kept for kept in self._kept if kept not in staying]
            self._kept[:] = staying
        _hang_up(leaving)

    def clear(self) -> None:
        with self._lock:
            leaving, self._kept[:] = list(self._kept), []
        _hang_up(leaving)

    def _removed(self, target: PinnedTarget) -> _Idle | None:
        with self._lock:
            for idle in reversed(self._kept):
                if idle.connection.leads_to(target):
                    self._kept.remove(idle)
                    return idle
        return None

    def _is_old(self, idle: _Idle) -> bool:
        return self._monotonic() - idle.since > _IDLE_SECONDS


def _hang_up(leaving: Iterable[_Idle]) -> None:
    for idle in leaving:
        idle.connection.hang_up()
