"""Loopback HTTP servers for the client: the audit API over a trail in memory, or the real functions."""

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from tests.support.api.http import Client
from tests.support.client.trails import SealedEvents, Sealer
from tests.support.serving import running_server

KEY = "certctl_" + "k" * 43
_EVENTS_A_PAGE = 7


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)


type Respond = Callable[[Asked], Reply]


def json_reply(value: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


def problem(status: int, detail: str = "", **more: Any) -> Reply:
    body = {"type": "about:blank", "title": "T", "status": status, "detail": detail, "request_id": "req-1"}
    return Reply(status, json.dumps(body | more).encode(), {"Content-Type": "application/problem+json"})


HANG_UP = Reply(0)
"""The connection is closed without a response."""


class LoopbackServer:
    """Sends the `first` replies, then those of `respond`; `asked` has all requests."""

    def __init__(self, respond: Respond, *first: Reply) -> None:
        self.respond = respond
        self.first = deque(first)
        self.asked: list[Asked] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextlib.contextmanager
    def running(self) -> Iterator["LoopbackServer"]:
        with running_server(self._server):
            yield self


class _Server(ThreadingHTTPServer):
    owner: LoopbackServer
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._respond("")

    def do_POST(self) -> None:
        self._respond(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("latin-1"))

    def _respond(self, form: str) -> None:
        owner = cast(_Server, self.server).owner
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query, fields = dict(parse_qsl(parts.query)), dict(parse_qsl(form))
        asked = Asked(self.command, parts.path, query, headers, fields)
        owner.asked.append(asked)
        self._send(owner.first.popleft() if owner.first else owner.respond(asked))

    do_DELETE = do_GET
    do_PUT = do_POST

    def _send(self, reply: Reply) -> None:
        if reply is HANG_UP:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def functions_behind(clients: Callable[[str | None], Client]) -> Respond:
    """The stack's real function; one at a time, for moto and the clock are shared."""
    lock = threading.Lock()

    def respond(asked: Asked) -> Reply:
        key = asked.headers.get("authorization", "").removeprefix("Bearer ") or None
        with lock:
            answer = clients(key).get(asked.path, **asked.query)
        return Reply(answer.status, answer.text.encode(), answer.headers)

    return respond


def audit_api(sealer: Sealer) -> Respond:
    """The audit routes over an in-memory trail, in small pages."""

    def respond(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return problem(401, "The key is not valid.")
        match asked.path.removeprefix("/api/v1/audit").strip("/").split("/"):
            case [""]:
                return _events(sealer, asked.query)
            case ["key"]:
                return Reply(200, sealer.pem, {"Content-Type": "application/x-pem-file"})
            case ["seals"]:
                return _heads(sealer, asked.query)
            case ["export"]:
                return _export(sealer, asked.query)
            case ["seals", seq]:
                return Reply(200, sealer.sealed[int(seq) - 1].object, {"Content-Type": "application/json"})
            case ["seals", seq, "events"]:
                return _events_of(sealer.sealed[int(seq) - 1], int(asked.query["offset"]))
            case [event_id]:
                return _event(sealer, event_id)
        return problem(404, "There is no such path.")

    return respond


def _heads(sealer: Sealer, query: Mapping[str, str]) -> Reply:
    return _page([sealed.signed_head() for sealed in reversed(sealer.sealed)], query)


def _events(sealer: Sealer, query: Mapping[str, str]) -> Reply:
    events = [json.loads(line) for sealed in sealer.sealed for line in sealed.lines]
    wanted = [event for event in reversed(events) if query.get("action", event["action"]) == event["action"]]
    return _page(wanted, query)


def _event(sealer: Sealer, event_id: str) -> Reply:
    events = (json.loads(line) for sealed in sealer.sealed for line in sealed.lines)
    found = next((event for event in events if event["id"] == event_id), None)
    return json_reply(found) if found else problem(404, "There is no such event.")


def _page(records: list[Any], query: Mapping[str, str]) -> Reply:
    """Every second page is empty, as pages may be."""
    start, per_page = int(float(query.get("cursor", 0))), min(int(query.get("per_page", 50)), 10)
    if query.get("cursor", "").endswith(".5"):
        return json_reply({"data": [], "next_cursor": str(start), "per_page": per_page})
    end = start + per_page
    more = f"{end}.5" if end < len(records) else None
    return json_reply({"data": records[start:end], "next_cursor": more, "per_page": per_page})


def _events_of(sealed: SealedEvents, offset: int) -> Reply:
    end = offset + _EVENTS_A_PAGE
    headers = {"X-Next-Offset": str(end)} if end < len(sealed.lines) else {}
    body = b"".join(line + b"\n" for line in sealed.lines[offset:end])
    return Reply(200, body, {"Content-Type": "application/jsonl", **headers})


def _export(sealer: Sealer, query: Mapping[str, str]) -> Reply:
    """Newest first; one event that is in no seal yet is the newest."""
    start = int(query.get("cursor", 0))
    places = [(sealed, index) for sealed in sealer.sealed for index in range(len(sealed.lines))][::-1]
    wanted = [(s, i) for s, i in places if f'"{query.get("action", "")}'.encode() in s.lines[i]]
    lines: list[dict[str, Any]] = [{"event": s.lines[i].decode(), "proof": s.proof(i)} for s, i in wanted]
    lines.insert(0, {"event": '{"id":"aud-7zzz"}', "proof": None})
    end = start + _EVENTS_A_PAGE
    headers = {"X-Next-Cursor": str(end)} if end < len(lines) else {}
    body = "".join(json.dumps(line) + "\n" for line in lines[start:end])
    return Reply(200, body.encode(), {"Content-Type": "application/jsonl", **headers})
