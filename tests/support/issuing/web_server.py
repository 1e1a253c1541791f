"""The web server in which proofs of http-01 are found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.serving import running_server


@dataclass
class Web:
    port: int
    answers: Callable[[str], str | None]


@contextmanager
def web_server(answers: Callable[[str], str | None], port: int = 0) -> Iterator[Web]:
    """Listens on a free port unless one is given. It is the web server of every name: the DNS of tests
    resolves all of them to 127.0.0.1."""
    web = Web(0, answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = web.answers(self.path)
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write((found or "").encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    web.port = server.server_address[1]
    with running_server(server):
        yield web
