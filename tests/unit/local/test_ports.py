"""The emulator's port."""

import socketserver
import threading
from collections.abc import Iterator

import pytest

from local.emulator import process


class Chatter(socketserver.BaseRequestHandler):
    """A server that answers in no HTTP, as a connection to oneself does."""

    def handle(self) -> None:
        self.request.sendall(self.request.recv(1024))


@pytest.fixture
def chatter() -> Iterator[int]:
    with socketserver.TCPServer(("127.0.0.1", 0), Chatter) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_free_port_is_below_those_that_systems_give_to_clients() -> None:
    port = process.any_free_port()

    assert 1024 < port < 32_768
    assert process.is_free(port)


def test_a_server_that_speaks_no_http_is_not_ready(chatter: int) -> None:
    assert not process.is_ready(f"http://127.0.0.1:{chatter}")
