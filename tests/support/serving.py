"""Servers of a test, in threads of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer

_POLL_SECONDS = 0.02


@contextmanager
def running_server(server: BaseServer) -> Iterator[None]:
    """The server responds inside the context, and its socket is closed at the end."""
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
