"""A connection that reads no more than it has to, whatever the server sends."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

_MOST = 256 * 1024
"""Bytes of a whole conversation. OpenSSL takes certificates of 100 KiB together, and STARTTLS needs few."""
_AT_ONCE = 16 * 1024
_LONGEST_LINE = 2048


class ProtocolFault(Exception):
    """The server does not speak what it was expected to speak. The text says what it did."""


@dataclass
class Stream:
    """Must be closed by `with`. Every method raises OSError."""

    connection: socket.socket
    total: int = field(default=0, init=False)

    def __enter__(self) -> Self:
        self.connection.setblocking(False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError):  # Windows has no watchers
            # A cancelled read is unregistered only later, when the number may be that of a new socket.
            loop.remove_reader(self.connection)
            loop.remove_writer(self.connection)
        self.connection.close()

    async def connect(self, address: tuple[Any, ...]) -> None:
        await asyncio.get_running_loop().sock_connect(self.connection, address)

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.connection, data)

    async def receive(self) -> bytes:
        """The next bytes; none at the end. Raises ProtocolFault if there are too many."""
        data = await asyncio.get_running_loop().sock_recv(self.connection, _AT_ONCE)
        self.total += len(data)
        if self.total > _MOST:
            raise ProtocolFault("the server sends without end")
        return data


@dataclass
class PlainText:
    """What is said before TLS. Every method raises OSError, ProtocolFault."""

    stream: Stream
    ahead: bytes = field(default=b"", init=False)

    async def line(self) -> bytes:
        """The next line, without its end."""
        while b"\n" not in self.ahead:
            if len(self.ahead) > _LONGEST_LINE:
                raise ProtocolFault("the server sends a line without end")
            await self._more()
        line, _, self.ahead = self.ahead.partition(b"\n")
        return line.rstrip(b"\r")

    async def exactly(self, count: int) -> bytes:
        while len(self.ahead) < count:
            await self._more()
        taken, self.ahead = self.ahead[:count], self.ahead[count:]
        return taken

    def end(self) -> None:
        """Raises ProtocolFault if more has come: it would be read as if it had been protected by TLS
        (CVE-2021-23222)."""
        if self.ahead:
            raise ProtocolFault("the server goes on in plain text after it has agreed to TLS")

    async def _more(self) -> None:
        data = await self.stream.receive()
        if not data:
            raise ProtocolFault("the server ended the connection before TLS")
        self.ahead += data
