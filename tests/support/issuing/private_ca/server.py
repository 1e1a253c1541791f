"""The CA over HTTP: JSON 1.1, as botocore's client speaks it, and failures before and after the effect."""

import contextlib
import json
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.issuing.private_ca.model import AwsError, PrivateCaModel
from tests.support.issuing.private_ca.shapes import (
    input_of,
    output_of,
    parsed,
    problems,
    serialized,
    target_prefix,
)

_JSON = "application/x-amz-json-1.1"


@dataclass
class PrivateCaServer:
    model: PrivateCaModel
    throttles: Collection[str] = ()
    """The operations that are throttled, before any effect."""
    wait: timedelta | None = None
    denies: Collection[str] = ()
    breaks_before: Collection[str] = ()
    """The operations that fail with 500, without an effect."""
    breaks_after: Collection[str] = ()
    loses: Collection[str] = ()
    """The operations whose connection ends after the effect, before the response."""
    faults: list[str] = field(default_factory=list)
    """What requests and responses had that botocore's model does not allow."""

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"ca": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator["PrivateCaServer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def answer(self, operation: str, body: bytes) -> dict[str, Any]:
        """Raises AwsError."""
        self._refuse(operation)
        parameters = parsed(input_of(operation), json.loads(body))
        self._check(input_of(operation), parameters)
        result = self.model.call(operation, parameters)
        if operation in self.breaks_after:
            raise AwsError("InternalFailure", "the request has failed", 500)
        shape = output_of(operation)
        if shape is None:
            return {}
        self._check(shape, result)
        found: dict[str, Any] = serialized(shape, result)
        return found

    def _refuse(self, operation: str) -> None:
        if operation in self.throttles:
            raise AwsError("ThrottlingException", "Rate exceeded")
        if operation in self.denies:
            raise AwsError("AccessDeniedException", f"not authorized to perform: acm-pca:{operation}")
        if operation in self.breaks_before:
            raise AwsError("InternalFailure", "the request has failed", 500)

    def _check(self, shape: Any, value: Any) -> None:
        found = problems(shape, value)
        self.faults += found
        if found:
            raise AwsError("ValidationException", "; ".join(found))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ca: PrivateCaServer

    def do_POST(self) -> None:
        prefix, _, operation = self.headers["X-Amz-Target"].partition(".")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert (prefix, self.headers["Content-Type"]) == (target_prefix(), _JSON)
        try:
            status, answer = 200, self.ca.answer(operation, body)
        except AwsError as error:
            status, answer = error.status, {"__type": error.code, "message": str(error)}
        if operation in self.ca.loses:
            self.close_connection = True
            return
        self._send(status, json.dumps(answer).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", _JSON)
        self.send_header("Content-Length", str(len(data)))
        if status == 400 and self.ca.wait is not None:
            self.send_header("Retry-After", str(round(self.ca.wait.total_seconds())))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
