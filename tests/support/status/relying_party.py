"""A PKI host on this machine: plain http from the bucket, and the OCSP responder behind it."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from certctl.connectors.address_guard import PinnedTarget
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.relying_party import LONGEST_BODY, RelyingParty
from certctl.domain.urls import split_url
from tests.support.authorities.pki import BUCKET, HOST
from tests.support.serving import running_server

Answer = tuple[int, dict[str, str], bytes]
_NOT_FOUND: Answer = (404, {}, b"")


@dataclass
class PkiHost:
    """`instead` replaces the answer for a path; `requests` are those that came, as `GET /pki/x 200`."""

    s3: Any
    ocsp: Callable[[str], bytes]
    instead: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    port: int = 0

    def resolve(self, url: str) -> PinnedTarget:
        """Every name of the stack's is this server."""
        parts = split_url(url)
        assert (parts.scheme, parts.host) == ("http", HOST), url
        return PinnedTarget("http", HOST, self.port, parts.path, ("127.0.0.1",))

    @property
    def relying_party(self) -> RelyingParty:
        return RelyingParty(OutboundHttp(self, body_limit=LONGEST_BODY))

    def freeze(self) -> None:
        """From now on what was asked for is answered without the bucket."""
        for path in {request.split(" ")[1] for request in self.requests}:
            self.instead[path] = self._served(path, None)

    def answer(self, method: str, path: str, etag: str | None) -> Answer:
        answer = self.instead.get(path) or self._served(path, etag)
        self.requests.append(f"{method} {path} {answer[0]}")
        return answer

    def _served(self, path: str, etag: str | None) -> Answer:
        if path.startswith("/ocsp/"):
            return 200, {"content-type": "application/ocsp-response"}, self.ocsp(path)
        try:
            found = self.s3.get_object(Bucket=BUCKET, Key=path.lstrip("/"))
        except ClientError:
            return _NOT_FOUND
        headers = {"etag": found["ETag"], "content-type": found["ContentType"]}
        return (304, headers, b"") if etag == found["ETag"] else (200, headers, found["Body"].read())


@contextmanager
def serving(s3: Any, ocsp: Callable[[str], bytes]) -> Iterator[PkiHost]:
    host = PkiHost(s3, ocsp)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = host.answer(self.command, self.path, self.headers.get("If-None-Match"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # the library's name

        def do_POST(self) -> None:
            """A question by OCSP: the same as by GET (RFC 6960, A.1)."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.path = f"{self.path}/{quote(base64.b64encode(body), safe='')}"
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    host.port = server.server_port
    with running_server(server):
        yield host
