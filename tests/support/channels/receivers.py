"""Real HTTP servers on loopback with scripted behavior, correct or faulty."""

import contextlib
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


@dataclass(frozen=True)
class Received:
    """One request as received, with header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Exchange:
    """The means of a behaviour: `write` sends raw bytes, `pause` returns False once the receiver stops, and
    `keep` leaves the connection open for another request."""

    write: Callable[[bytes], None]
    pause: Callable[[float], bool]
    keep: Callable[[], None] = lambda: None


Behaviour = Callable[[Exchange], None]


def answers(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Behaviour:
    """Answers and keeps the connection, as servers of HTTP/1.1 do."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return keeps("\r\n".join([*lines, "", ""]).encode() + body)


def keeps(data: bytes) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.write(data)
        exchange.keep()

    return behave


def sends_raw(data: bytes) -> Behaviour:
    return lambda exchange: exchange.write(data)


def drips(data: bytes, interval: float = 0.05, at_once: bytes = b"") -> Behaviour:
    """Sends `at_once`, then a byte of `data` per interval, over and over until the client is gone."""

    def behave(exchange: Exchange) -> None:
        exchange.write(at_once)
        while True:
            for byte in data:
                exchange.write(bytes([byte]))
                if not exchange.pause(interval):
                    return

    return behave


def floods(head: bytes, block: bytes) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.write(head)
        while exchange.pause(0):
            exchange.write(block)

    return behave


def says_nothing(exchange: Exchange) -> None:
    while exchange.pause(60):
        pass


class Receiver:
    """A server on 127.0.0.1. Behaviours are used up in order; the last one stays.

    `connections` counts all accepted TCP connections; `hellos` lists the SNI names.
    """

    def __init__(self, *behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.hellos: list[str | None] = []
        self.stopping = threading.Event()
        self.tls = tls
        self._behaviours = deque(behaviours or [answers(200, b"ok")])
        self._server = _Server(("127.0.0.1", 0), _Handler, self)
        self._open: set[socket.socket] = set()
        if tls:
            tls.sni_callback = lambda _socket, name, _context: self.hellos.append(name)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def behave(self, *behaviours: Behaviour) -> None:
        """From now on, in order; the last one stays."""
        self._behaviours = deque(behaviours)

    def next_behaviour(self) -> Behaviour:
        return self._behaviours.popleft() if len(self._behaviours) > 1 else self._behaviours[0]

    @contextlib.contextmanager
    def running(self) -> Iterator["Receiver"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            self._server.shutdown()
            self._server.server_close()
            self.hang_up()
            thread.join()

    def hang_up(self) -> None:
        """Closes every connection that is open, as a server that restarts does."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def opened(self, connection: socket.socket) -> None:
        self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        self._open.discard(connection)


class _Server(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], owner: Receiver):
        self.owner = owner
        super().__init__(address, handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.owner.connections += 1
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients of these tests hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def owner(self) -> Receiver:
        return cast(_Server, self.server).owner

    def setup(self) -> None:
        if self.owner.tls:
            self.request.settimeout(10)
            self.request = self.owner.tls.wrap_socket(self.request, server_side=True)
        self.owner.opened(self.request)
        super().setup()

    def finish(self) -> None:
        """The server closes the socket that it accepted, which TLS has replaced."""
        super().finish()
        self.owner.closed(self.request)
        if self.owner.tls:
            self.request.close()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.owner.received.append(Received(self.path, headers, body))
        self.close_connection = True
        exchange = Exchange(
            self.connection.sendall, lambda wait: not self.owner.stopping.wait(wait), self.keep
        )
        self.owner.next_behaviour()(exchange)

    do_GET = do_PUT = do_POST

    def keep(self) -> None:
        self.close_connection = False

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@dataclass
class Nat:
    """Replaces the route to the internet: every connection lands on one loopback port, and is recorded.

    If a guard admits a hostile address, the canary detects it, and nothing
    leaves the machine.
    """

    port: int
    connect: Callable[[tuple[str, int], float], Any]
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, address: tuple[str, int], timeout: float) -> Any:
        self.asked.append(address)
        return self.connect(("127.0.0.1", self.port), timeout)


@dataclass
class ScriptedDns:
    """A resolver: each name's answers in order, the last one staying; unknown names fail as in DNS."""

    answers: Mapping[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> list[str]:
        turn = self.asked.count(host)
        self.asked.append(host)
        if host not in self.answers:
            raise OSError("name or service not known")
        script = self.answers[host]
        return script[min(turn, len(script) - 1)]
