"""A DNS server on loopback, over UDP and TCP, that is correct, slow or hostile as a test says."""

import itertools
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset

from certctl.domain.acme.name_servers import NameServer
from tests.support.serving import running_server

_UDP_LIMIT = 512
_TRIES = 20


class DnsServer:
    """`asked` lists names and types. It follows CNAMEs in one answer, as recursive servers do, unless
    `follows` is cleared."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.follows = True
        self.stopping = threading.Event()
        self._records: dict[tuple[str, str], list[list[str]]] = {}
        self._failing: dict[str, int] = {}
        self._silent: set[str] = set()
        self._dripping: set[str] = set()

    def add(self, name: str, kind: str, *texts: str) -> None:
        """Records in the form of zone files."""
        self._records[name, kind] = [list(texts)]

    def take_turns(self, name: str, kind: str, *answers: str) -> None:
        """One record in each answer; the last one stays."""
        self._records[name, kind] = [[answer] for answer in answers]

    def chain(self, *names: str) -> None:
        """CNAME records from each name to the next."""
        for name, target in itertools.pairwise(names):
            self.add(name, "CNAME", f"{target}.")

    def fail(self, name: str, code: int = dns.rcode.SERVFAIL) -> None:
        self._failing[name] = code

    def stay_silent(self, name: str) -> None:
        self._silent.add(name)

    def drip(self, name: str) -> None:
        """Truncates over UDP, and sends a byte now and then over TCP."""
        self._dripping.add(name)

    def count(self, name: str, kind: str) -> int:
        return self.asked.count((name, kind))

    @contextmanager
    def running(self) -> Iterator[NameServer]:
        udp, tcp = _on_one_port(self)
        with running_server(udp), running_server(tcp):
            yield NameServer("127.0.0.1", int(udp.server_address[1]))
            self.stopping.set()

    def answer(self, request: dns.message.Message, limit: int) -> bytes | None:
        """The response, or None if the client hears nothing."""
        name = request.question[0].name.to_text(omit_final_dot=True)
        kind = request.question[0].rdtype.name
        self.asked.append((name, kind))
        if name in self._silent:
            return None
        response = dns.message.make_response(request, recursion_available=True)
        if name in self._failing:
            response.set_rcode(dns.rcode.Rcode(self._failing[name]))
        elif self.is_dripping(name) and limit:
            response.flags |= dns.flags.TC
        else:
            self._fill(response, name, kind)
        return response.to_wire(max_size=limit or 65_535, prefer_truncation=True)

    def is_dripping(self, name: str) -> bool:
        return name in self._dripping

    def _fill(self, response: dns.message.Message, name: str, kind: str) -> None:
        seen: set[str] = set()
        while self._put(response, name, kind) is None and name not in seen:
            seen.add(name)
            alias = self._put(response, name, "CNAME")
            if alias is None or not self.follows:
                break
            name = alias
        if not response.answer and not self._exists(name):
            response.set_rcode(dns.rcode.NXDOMAIN)

    def _put(self, response: dns.message.Message, name: str, kind: str) -> str | None:
        """Puts the records into the response, and returns the last one's text; None if there are none."""
        turns = self._records.get((name, kind))
        if turns is None:
            return None
        texts = turns.pop(0) if len(turns) > 1 else turns[0]
        response.answer.append(dns.rrset.from_text(f"{name}.", 1, "IN", kind, *texts))
        return texts[-1].removesuffix(".")

    def _exists(self, name: str) -> bool:
        return any(known == name or known.endswith(f".{name}") for known, _ in self._records)


def _on_one_port(owner: DnsServer) -> "tuple[_Udp, _Tcp]":
    """A port that is free for TCP may be taken for UDP."""
    for _ in range(_TRIES):
        tcp = _Tcp(owner)
        with suppress(OSError):
            return _Udp(owner, int(tcp.server_address[1])), tcp
        tcp.server_close()
    raise AssertionError("no port is free for UDP and TCP")


class _Udp(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, owner: DnsServer, port: int) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", port), _UdpHandler)


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _Udp

    def handle(self) -> None:
        data, connection = self.request
        request = dns.message.from_wire(data)
        response = self.server.owner.answer(request, request.payload or _UDP_LIMIT)
        if response is not None:
            connection.sendto(response, self.client_address)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, owner: DnsServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _TcpHandler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients hang up when their time is up."""


class _TcpHandler(socketserver.StreamRequestHandler):
    server: _Tcp

    def handle(self) -> None:
        (length,) = struct.unpack("!H", self.rfile.read(2))
        request = dns.message.from_wire(self.rfile.read(length))
        response = self.server.owner.answer(request, 0)
        if response is None:
            return
        data = struct.pack("!H", len(response)) + response
        if self.server.owner.is_dripping(request.question[0].name.to_text(omit_final_dot=True)):
            self._drip(data)
        else:
            self.wfile.write(data)

    def _drip(self, data: bytes) -> None:
        for byte in data:
            self.wfile.write(bytes([byte]))
            if self.server.owner.stopping.wait(0.2):
                return
