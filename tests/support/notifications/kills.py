"""500 deliveries by four worker processes over DynamoDB Local, some of which are killed in the middle."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zlib import crc32

from certctl.domain.notifications.delivery import Unsent
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.aws.dynamodb_local import credentials
from tests.support.notifications.engine import Engine
from tests.support.notifications.killed_worker import LEASE
from tests.support.serving import running_server
from tests.support.template import ROOT

ROWS = 500
_WORKERS = 4
_ANSWER_SECONDS = 0.1
_PATIENCE_SECONDS = 120


class KilledReceiver(ThreadingHTTPServer):
    """Fails one request in five, and always those of a twentieth of the ids."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.random = random.Random(4)  # noqa: S311  # faults that repeat
        self.requests = 0
        self.delivered: Counter[str] = Counter()
        self.dead: Counter[str] = Counter()

    def answer(self, notification_id: str) -> int:
        with self.lock:
            self.requests += 1
            if always_fails(notification_id) or self.random.random() < 0.2:
                return 500
            self.delivered[notification_id] += 1
            return 200


class _Handler(BaseHTTPRequestHandler):
    server: KilledReceiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = 200
        if self.path == "/dead":
            with self.server.lock:
                self.server.dead[json.loads(body)["id"]] += 1
        else:
            status = self.server.answer(self.headers["webhook-id"])
            time.sleep(_ANSWER_SECONDS)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silent."""


def always_fails(notification_id: str) -> bool:
    return crc32(notification_id.encode()) % 20 == 0


@contextmanager
def _receiver() -> Iterator[KilledReceiver]:
    server = KilledReceiver()
    with running_server(server):
        yield server


@contextmanager
def _workers(endpoint: str, port: int, access_key: str) -> Iterator[list["subprocess.Popen[bytes]"]]:
    workers = [_started(endpoint, port, access_key) for _ in range(_WORKERS)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def _started(endpoint: str, port: int, access_key: str) -> "subprocess.Popen[bytes]":
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'certctl'}", "LOG_LEVEL": "CRITICAL"}
    command = [sys.executable, "-m", "tests.support.notifications.killed_worker", endpoint, str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=credentials(access_key) | path)


def _wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)


@dataclass(frozen=True)
class KilledRun:
    """What the kills left."""

    rows: list[Notification]
    receiver: KilledReceiver

    def of(self, status: NotificationStatus) -> set[str]:
        return {row.id for row in self.rows if row.status is status}

    @property
    def cut_off(self) -> dict[str, int]:
        """The attempts of each row that never reported."""
        return {row.id: sum(a.outcome == Unsent.LOST for a in row.attempts) for row in self.rows}

    @property
    def repeated(self) -> dict[str, int]:
        """The deliveries of a row beyond its first."""
        return {row_id: n - 1 for row_id, n in self.receiver.delivered.items() if n > 1}


def killed_run(engine: Engine, endpoint: str, access_key: str, kills: int) -> KilledRun:
    ids = [engine.queued() for _ in range(ROWS)]
    with _receiver() as receiver, _workers(endpoint, receiver.server_port, access_key) as workers:
        for kill in range(kills):
            heard = (kill + 1) * ROWS // (kills + 2)
            _wait_until(lambda heard=heard: receiver.requests >= heard)  # type: ignore[misc]  # bound early
            victim = workers[kill % _WORKERS]
            victim.kill()
            victim.wait()
            workers[kill % _WORKERS] = _started(endpoint, receiver.server_port, access_key)
        _wait_until(lambda: not _open_rows(engine))
    engine.clock.time = datetime.now(UTC) + timedelta(minutes=2)
    engine.sweep()
    return KilledRun([engine.row(row_id) for row_id in ids], receiver)


def _open_rows(engine: Engine) -> list[str]:
    later = datetime.now(UTC) + LEASE
    due = (row for shard in range(8) for row in engine.store.nominated(shard, later))
    return [row.id for row in due if row.status is not NotificationStatus.DEAD]
