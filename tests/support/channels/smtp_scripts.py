"""Mail servers on loopback that break the protocol as scripted, unlike any well-maintained server."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, cast

from tests.support.channels.receivers import Behaviour, Exchange, sends_raw
from tests.support.serving import running_server

# The reply to each command, and to the end of a mail (`.`).
_POLITE: Mapping[str, Behaviour] = {
    "CONNECT": sends_raw(b"220 mail.test ESMTP\r\n"),
    "EHLO": sends_raw(b"250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"),
    "STARTTLS": sends_raw(b"220 Go ahead\r\n"),
    "AUTH": sends_raw(b"235 2.7.0 Welcome\r\n"),
    "DATA": sends_raw(b"354 Go on\r\n"),
    ".": sends_raw(b"250 2.0.0 Queued\r\n"),
    "QUIT": sends_raw(b"221 Bye\r\n"),
}
_OK = sends_raw(b"250 OK\r\n")


def hangs_up(_exchange: Exchange) -> None:
    raise ConnectionAbortedError


def then_hangs_up(data: bytes) -> Behaviour:
    def behave(exchange: Exchange) -> None:
        exchange.write(data)
        raise ConnectionAbortedError

    return behave


class ScriptedMailServer:
    """`commands` as received, whole lines; `mails` as accepted, with dot-stuffing."""

    def __init__(self, tls: ssl.SSLContext | None = None, **behaviours: Behaviour) -> None:
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.tls = tls
        self.stopping = threading.Event()
        self._behaviours = {**_POLITE, **behaviours}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def behaviour(self, command: str) -> Behaviour:
        return self._behaviours.get(command, _OK)

    @contextlib.contextmanager
    def running(self) -> Iterator["ScriptedMailServer"]:
        with running_server(self._server):
            try:
                yield self
            finally:
                self.stopping.set()


class _Server(ThreadingTCPServer):
    owner: ScriptedMailServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Hanging up is part of the script."""


class _Handler(StreamRequestHandler):
    @property
    def owner(self) -> ScriptedMailServer:
        return cast(_Server, self.server).owner

    def handle(self) -> None:
        self.answer("CONNECT")
        while line := self.rfile.readline():
            self.owner.commands.append(line.decode("latin-1").rstrip("\r\n"))
            command = self.owner.commands[-1].split(" ")[0].upper()
            self.answer(command)
            self.follow_up().get(command, lambda: None)()

    def answer(self, command: str) -> None:
        write: Callable[[bytes], None] = self.connection.sendall
        self.owner.behaviour(command)(Exchange(write, lambda wait: not self.owner.stopping.wait(wait)))

    def follow_up(self) -> Mapping[str, Callable[[], None]]:
        """The reply to a command. No client sends a mail after a refused DATA."""
        takes_mail = self.owner.behaviour("DATA") is _POLITE["DATA"]
        return {"STARTTLS": self.start_tls, **({"DATA": self.take_mail} if takes_mail else {})}

    def take_mail(self) -> None:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.owner.mails.append(b"".join(lines))
        self.answer(".")

    def start_tls(self) -> None:
        assert self.owner.tls is not None
        self.connection.settimeout(10)
        self.request = self.connection = self.owner.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")

    def finish(self) -> None:
        super().finish()
        self.connection.close()
