"""Servers in threads on loopback ports: good ones, and some that mean harm."""

import socket
import ssl
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

from tests.support.serving import running_server

type Conversation = Callable[[socket.socket], None]


class _Server(ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are what is tested."""


@contextmanager
def serving(converse: Conversation, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Runs the conversation with each client, in a thread, and then ends the connection. Yields the port."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            converse(self.request)

    server = _Server((host, port), Handler)
    with running_server(server):
        yield server.server_address[1]


def tls_context(*files: Path, oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """A server's context with the certificates and keys of these files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = oldest
    for file in files:
        context.load_cert_chain(file)
    return context


def shaking_hands(context: ssl.SSLContext, before: Conversation = lambda _: None) -> Conversation:
    """Speaks in plain text first, then one handshake; waits until the client has gone."""

    def converse(connection: socket.socket) -> None:
        before(connection)
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)

    return converse


def saying(*turns: bytes | int) -> Conversation:
    """Sends bytes, and reads until as many as a number says have come, or the end of a line for 0."""

    def converse(connection: socket.socket) -> None:
        for turn in turns:
            if isinstance(turn, bytes):
                connection.sendall(turn)
            else:
                _read(connection, turn)

    return converse


def _read(connection: socket.socket, count: int) -> bytes:
    """Nothing more than asked: what follows belongs to TLS."""
    data = b""
    while len(data) < count if count else not data.endswith(b"\n"):
        if not (byte := connection.recv(1)):
            raise ConnectionError
        data += byte
    return data


def silent(connection: socket.socket) -> None:
    """Reads until the client has gone."""
    while connection.recv(65_536):
        pass


def chain_messages(certificates: Sequence[bytes]) -> bytes:
    """The ServerHello of TLS 1.2 and a Certificate message with these contents, whatever they are."""
    hello = b"\x03\x03" + bytes(range(32)) + b"\0" + b"\xc0\x2f" + b"\0"  # ECDHE-RSA-AES128-GCM-SHA256
    entries = b"".join(len(each).to_bytes(3) + each for each in certificates)
    return _records(_message(2, hello) + _message(11, len(entries).to_bytes(3) + entries))


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3) + body


def _records(data: bytes) -> bytes:
    pieces = (data[at : at + 16_384] for at in range(0, len(data), 16_384))
    return b"".join(b"\x16\x03\x03" + len(piece).to_bytes(2) + piece for piece in pieces)
