"""What ACME servers in tests have in common, all on loopback: a process, free ports, DNS, a door to shut."""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.request import Request, urlopen

from tests.support.agents.tls_identity import TlsIdentity

_START_SECONDS = 20


class AcmeServer(Protocol):
    """A real ACME server."""

    @property
    def identity(self) -> TlsIdentity: ...

    @property
    def door(self) -> "Door": ...

    @property
    def directory_url(self) -> str: ...

    def serve(self, answers: Callable[[str], str | None]) -> None:
        """`answers` are the responses of the web server of every name, by path."""

    def set_txt(self, name: str, values: list[str]) -> None:
        """Sets the TXT records that the DNS server of the ACME server returns."""

    def root_pem(self) -> str: ...

    def revoked(self, serial: str) -> bool:
        """The server's own status of a certificate, by its serial in hex."""


@dataclass(frozen=True)
class ChallengeDns:
    """Debian's `pebble-challtestsrv`: a DNS server whose TXT records tests set, and with 127.0.0.1 for every
    other name."""

    port: int
    management_port: int

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def set_txt(self, name: str, values: list[str]) -> None:
        self._manage("clear-txt", {"host": name})
        for value in values:
            self._manage("set-txt", {"host": name, "value": value})

    def _manage(self, action: str, body: Mapping[str, str]) -> None:
        url = f"http://127.0.0.1:{self.management_port}/{action}"
        request = Request(url, json.dumps(body).encode(), method="POST")  # loopback
        with urlopen(request, timeout=5):  # noqa: S310
            pass


@contextmanager
def running_dns(folder: Path) -> Iterator[ChallengeDns]:
    ports = free_ports("dns", "management")
    off = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-defaultIPv6", ""]
    addresses = ["-dns01", f"127.0.0.1:{ports['dns']}", "-management", f"127.0.0.1:{ports['management']}"]
    command = ["pebble-challtestsrv", *off, *addresses]
    process = started(command, ports["management"], folder / "dns.log", {})
    try:
        yield ChallengeDns(ports["dns"], ports["management"])
    finally:
        process.kill()
        process.wait()


def started(
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


def free_ports(*names: str) -> dict[str, int]:
    sockets = [socket.socket() for _ in names]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return {name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)}
    finally:
        for one in sockets:
            one.close()


class Door:
    """A TCP forwarder to the server: closed, it refuses connections while the server runs."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener: socket.socket | None = None
        self.port = free_ports("door")["door"]

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
