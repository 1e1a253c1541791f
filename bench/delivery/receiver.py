"""The receiver of the alerts, in a process of its own: keeps connections, fails one request in five.

Prints its port; `GET /` returns its counts as JSON.
"""

import json
import random
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_FAILS = 0.2


class Receiver(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._lock = threading.Lock()
        self._random = random.Random(4)  # noqa: S311  # faults that repeat
        self._requests = 0
        self._delivered: Counter[str] = Counter()

    def status_for(self, notification_id: str) -> int:
        with self._lock:
            self._requests += 1
            if self._random.random() < _FAILS:
                return 500
            self._delivered[notification_id] += 1
            return 200

    def counts(self) -> dict[str, int]:
        with self._lock:
            repeated = sum(self._delivered.values()) - len(self._delivered)
            return {"requests": self._requests, "delivered": len(self._delivered), "repeated": repeated}


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        self._answer(200, json.dumps(self.server.counts()).encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.status_for(self.headers["webhook-id"])
        self._answer(status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, *_: object) -> None:
        """Silent."""


if __name__ == "__main__":
    receiver = Receiver()
    print(receiver.server_address[1], flush=True)
    receiver.serve_forever()
