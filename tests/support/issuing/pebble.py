"""Debian's `pebble`, a real ACME server (RFC 8555, RFC 9773), and its DNS server, on loopback."""

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.support.agents.tls_identity import TlsIdentity, tls_identity

EAB_KEY_ID = "kid-1"
EAB_HMAC = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
BLOCKED_DOMAIN = "blocked-domain.example"
_MISSING = "needs Debian's package pebble: apt-get install pebble"
_START_SECONDS = 20


def require_pebble() -> None:
    """Skips on a machine without it; fails in CI, which must run everything."""
    if shutil.which("pebble") and shutil.which("pebble-challtestsrv"):
        return
    if os.environ.get("CI") == "true":
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


@dataclass
class Pebble:
    """`answers` are the responses of the web server of every name, by path. `environment` applies to the next
    start."""

    folder: Path
    identity: TlsIdentity
    settings: Mapping[str, Any]
    ports: Mapping[str, int]
    answers: Callable[[str], str | None]
    process: "subprocess.Popen[bytes] | None" = None
    door: "Door" = field(init=False)

    def __post_init__(self) -> None:
        self.door = Door(self.ports["acme"])

    @property
    def directory_url(self) -> str:
        """Through the forwarder, which can be closed while the server runs."""
        return f"https://localhost:{self.door.port}/dir"

    def start(self) -> None:
        """Loses its state: it keeps everything in memory."""
        config = self.folder / "pebble.json"
        config.write_text(json.dumps({"pebble": self.settings}))
        command = ["pebble", "-config", str(config), "-dnsserver", f"127.0.0.1:{self.ports['dns']}"]
        quick = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
        self.process = _started(command, self.ports["acme"], self.folder / "pebble.log", quick)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def set_txt(self, name: str, values: list[str]) -> None:
        """Sets the TXT records that its DNS server returns."""
        self._manage("clear-txt", {"host": name})
        for value in values:
            self._manage("set-txt", {"host": name, "value": value})

    def root_pem(self) -> str:
        return self._asked("roots/0")

    def revoked(self, serial: str) -> bool:
        """The server's own status of a certificate, by its serial in hex."""
        status: dict[str, Any] = json.loads(self._asked(f"cert-status-by-serial/{serial}"))
        return bool(status["Status"] == "Revoked")

    def _asked(self, path: str) -> str:
        url = f"https://localhost:{self.ports['management']}/{path}"
        with urlopen(url, context=self.identity.client, timeout=5) as answer:  # loopback
            return str(answer.read().decode())

    def _manage(self, action: str, body: Mapping[str, str]) -> None:
        url = f"http://127.0.0.1:{self.ports['dns_management']}/{action}"
        request = Request(url, json.dumps(body).encode(), method="POST")  # loopback
        with urlopen(request, timeout=5):  # noqa: S310
            pass


@contextmanager
def running_pebble(folder: Path, **settings: Any) -> Iterator[Pebble]:
    """`settings` are its own, over defaults."""
    require_pebble()
    ports = _free_ports("acme", "management", "dns", "dns_management", "tls")
    identity = tls_identity(folder, "localhost")
    known: dict[str, str] = {}
    with _web_server(known.get) as web:
        server = Pebble(folder, identity, {}, ports, known.get)
        server.settings = _settings(identity, ports, web.port) | settings
        web.answers = lambda path: server.answers(path)
        dns = _started(_dns_command(ports), ports["dns_management"], folder / "dns.log", {})
        try:
            server.start()
            with server.door.open():
                yield server
        finally:
            server.kill()
            dns.kill()
            dns.wait()


def _settings(identity: TlsIdentity, ports: Mapping[str, int], http_port: int) -> dict[str, Any]:
    return {
        "listenAddress": f"127.0.0.1:{ports['acme']}",
        "managementListenAddress": f"127.0.0.1:{ports['management']}",
        "certificate": str(identity.file),
        "privateKey": str(identity.file),
        "httpPort": http_port,
        "tlsPort": ports["tls"],
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
        "domainBlocklist": [BLOCKED_DOMAIN],
        "retryAfter": {"authz": 1, "order": 2},
        "certificateValidityPeriod": 90 * 86400,
    }


def _dns_command(ports: Mapping[str, int]) -> list[str]:
    off = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv6", ""]
    management = f"127.0.0.1:{ports['dns_management']}"
    dns = f"127.0.0.1:{ports['dns']}"
    return ["pebble-challtestsrv", *off, "-dns01", dns, "-management", management]


def _started(
    command: list[str], port: int, log: Path, environment: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **environment})
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"{command[0]} did not start: {log.read_text()[-2000:]}")


def _free_ports(*names: str) -> dict[str, int]:
    sockets = [socket.socket() for _ in names]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return {name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)}
    finally:
        for one in sockets:
            one.close()


@dataclass
class _Web:
    port: int
    answers: Callable[[str], str | None]


@contextmanager
def _web_server(answers: Callable[[str], str | None]) -> Iterator[_Web]:
    """The web server of every name: its DNS resolves all of them to 127.0.0.1."""
    web = _Web(0, answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = web.answers(self.path)
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write((found or "").encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class Door:
    """A TCP forwarder to the server: closed, it refuses connections while the server runs."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener: socket.socket | None = None
        self.port = _free_ports("door")["door"]

    @contextmanager
    def open(self) -> Iterator[None]:
        self.unlock()
        try:
            yield
        finally:
            self.shut()

    @contextmanager
    def closed(self) -> Iterator[None]:
        self.shut()
        try:
            yield
        finally:
            self.unlock()

    def unlock(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as far:
            back = threading.Thread(target=_pump, args=(far, near), daemon=True)
            back.start()
            _pump(near, far)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
