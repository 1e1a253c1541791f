"""A web server of one directory, on the port at which the ACME server validates http-01."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.serving import running_server


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Writes nothing."""


@contextmanager
def served(directory: Path, port: int) -> Iterator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    handler = partial(_Quiet, directory=str(directory))
    with running_server(ThreadingHTTPServer(("127.0.0.1", port), handler)):
        yield
