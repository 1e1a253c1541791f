"""The stack's own functions behind a real HTTP server on loopback, which also serves the published PKI
objects as a proxy: to the client it looks like a deployed stack. Each request is checked against
docs/openapi.json."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from botocore.exceptions import ClientError

from certctl.domain.access.permissions import Role
from tests.support.api.http import Answer
from tests.support.authorities.pki import BUCKET, HOST
from tests.support.aws.clients import client
from tests.support.functions.functions import api_modules
from tests.support.issuing.issuing import Issuing
from tests.support.serving import running_server
from tests.support.template import ROOT

_PUBLIC = "public_api"

_PASSED_ON = {"idempotency-key", "accept", "cache-control", "if-match"}


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class BridgedStack:
    """`after` runs after every request, like the workers of a stack; `fails` returns a status instead of
    processing; a request that `loses` matches is processed without a response."""

    issuing: Issuing
    after: Callable[[], None]
    fails: Callable[[Asked], int | None] = lambda _: None
    loses: Callable[[Asked], bool] = lambda _: False
    asked: list[Asked] = field(default_factory=list)
    undocumented: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if (status := self.fails(asked)) is not None:
            return Answer(status, {}, "")
        self.undocumented += _undocumented(asked)
        with self.lock:  # moto and the clock are shared
            answer = self._called(asked)
            self.after()
        return Answer(0, {}, "") if self.loses(asked) else answer

    def environment(self) -> dict[str, str]:
        """The environment of the command: this server, an administrator's key, and the way to the PKI
        host."""
        deployed = self.issuing.stack
        deployed.admin_key = deployed.admin_key or deployed.new_key(Role.ADMIN)
        way = {"HTTP_PROXY": self.url, "NO_PROXY": "127.0.0.1"}
        return {"CERTCTL_URL": self.url, "CERTCTL_API_KEY": deployed.admin_key, **way}

    def _called(self, asked: Asked) -> Answer:
        key = asked.headers.get("authorization", "").removeprefix("Bearer ") or None
        function = self.issuing.stack.client(_function_of(asked), key)
        headers = {name: text for name, text in asked.headers.items() if _is_passed_on(name)}
        return function.send(asked.method, asked.path, asked.body, query=dict(asked.query), headers=headers)

    @contextlib.contextmanager
    def running(self) -> Iterator["BridgedStack"]:
        server = _Server(("127.0.0.1", 0), _Handler)
        server.owner, self.url = self, f"http://127.0.0.1:{server.server_address[1]}"
        with running_server(server):
            yield self


def bridged(issuing: Issuing) -> BridgedStack:
    """With a signing worker that runs after every request."""
    return BridgedStack(issuing, issuing.work)


def _is_passed_on(header: str) -> bool:
    return header in _PASSED_ON or header.startswith("certctl-")


class _Server(ThreadingHTTPServer):
    owner: BridgedStack
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        owner = cast(_Server, self.server).owner
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        if parts.netloc == HOST:
            return self._send(*_published(parts.path, headers))
        query = dict(parse_qsl(parts.query))
        answer = owner.answer(
            Asked(self.command, parts.path, query, headers, json.loads(body) if body else None)
        )
        self._send(answer.status, answer.headers, answer.text.encode())

    do_POST = do_GET
    do_PUT = do_GET
    do_DELETE = do_GET

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Status 0: the connection is closed without a response."""
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _published(path: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
    """Serves the bucket over plain http, as CloudFront does: a key that is sent there is public."""
    if "authorization" in headers:
        raise AssertionError("the API key was sent to the PKI host")
    try:
        found = client("s3").get_object(Bucket=BUCKET, Key=path.lstrip("/"))
    except ClientError:
        return 404, {}, b""
    return 200, {"Content-Type": found["ContentType"]}, found["Body"].read()


def _function_of(asked: Asked) -> str:
    for folder, module in api_modules().items():
        if any(route.matches(asked.path) for route in module.api.routes):
            return folder
    return _PUBLIC


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    return document


def _undocumented(asked: Asked) -> list[str]:
    """The parts of a request that the document does not describe."""
    matching = [p for p in _document()["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", p), asked.path)]
    exact = min(matching, key=lambda path: path.count("{"), default="")
    operation = _document()["paths"].get(exact, {}).get(asked.method.lower())
    if operation is None:
        return [f"{asked.method} {asked.path}"]
    known = {parameter["name"] for parameter in operation.get("parameters", [])}
    extra = [*(set(asked.query) - known), *(set(asked.body or {}) - _fields(operation))]
    return [f"{asked.method} {exact}: {name}" for name in extra]


def _fields(operation: Mapping[str, Any]) -> set[str]:
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    choices = [choice["$ref"] for choice in schema.get("anyOf", [schema]) if "$ref" in choice]
    schemas = _document()["components"]["schemas"]
    return {name for choice in choices for name in schemas[choice.rpartition("/")[2]]["properties"]}
