"""A receiver of alerts that fails one request in five, in six ways; it records what it answered well."""

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.support.serving import running_server

FAULTS = ("500", "429", "slow", "drop", "reset", "404")
_SHARE = 0.2
# Longer than a send waits.
_TOO_SLOW_SECONDS = 25
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Delivery:
    """One request: `message` is its Webhook-Id, empty elsewhere; `answer` is `ok` or the fault."""

    path: str
    message: str
    answer: str
    at: float


@dataclass
class Books:
    """The deliveries of all receivers, and how many requests are being answered now."""

    deliveries: list[Delivery] = field(default_factory=list)
    open: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def began(self) -> None:
        with self.lock:
            self.open += 1

    def ended(self, delivery: Delivery) -> None:
        with self.lock:
            self.open -= 1
            self.deliveries.append(delivery)

    def as_records(self) -> list[dict[str, Any]]:
        with self.lock:
            return [asdict(each) for each in self.deliveries]


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, seed: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.books = Books()
        self.is_faulty = True
        self._random = random.Random(f"{seed}:receiver")  # noqa: S311  # faults that repeat

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def next_answer(self) -> str:
        with self.books.lock:
            drawn, fault = self._random.random(), self._random.choice(FAULTS)
        return fault if self.is_faulty and drawn < _SHARE else "ok"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Workers that are killed hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = cast(Receiver, self.server)
        server.books.began()
        answer = "gone"
        try:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = self._answer(server.next_answer())
        except OSError:
            answer = "gone"
        finally:
            message = self.headers.get("webhook-id", "")
            server.books.ended(Delivery(self.path, message, answer, time.time()))

    def _answer(self, chosen: str) -> str:
        match chosen:
            case "500":
                self._say(500)
            case "404":
                # For good; to Slack's providers it would say that the channel is gone.
                self._say(404 if self.path.startswith("/webhook") else 500)
            case "429":
                self._say(429, ("Retry-After", "1"))
            case "slow":
                time.sleep(_TOO_SLOW_SECONDS)
                self.close_connection = True
            case "drop":
                self._hang_up()
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self._hang_up()
            case _:
                self._say(200)
        return chosen

    def _say(self, status: int, *headers: tuple[str, str]) -> None:
        body = b"ok" if status == 200 else b"no"
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.close()

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def running_receiver(seed: str) -> Iterator[Receiver]:
    server = Receiver(seed)
    with running_server(server):
        yield server
