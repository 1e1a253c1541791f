"""Events of an HTTP API (payload 2.0), and the functions' responses."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from tests.support.functions.lambda_context import Context

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
_request_numbers = count(1)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str
    cookies: Sequence[str] = ()

    @property
    def body(self) -> Any:
        return json.loads(self.text)


def event(
    method: str,
    path: str,
    *,
    key: str | None = None,
    body: str | bytes | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
    source_ip: str = "198.51.100.7",
) -> dict[str, Any]:
    """A request as API Gateway sends it: bytes in base64, cookies in a list of their own."""
    authorization = {"authorization": f"Bearer {key}"} if key else {}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "queryStringParameters": dict(query) if query else None,
        "headers": authorization | {"user-agent": "tests/1"} | dict(headers or {}),
        "requestContext": {
            "requestId": f"request-{next(_request_numbers)}",
            "stage": "$default",
            "http": {"method": method, "path": path, "sourceIp": source_ip, "userAgent": "tests/1"},
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    } | ({"cookies": [f"{name}={value}" for name, value in cookies.items()]} if cookies else {})


@dataclass(frozen=True)
class Client:
    """Calls one function with one key, or with cookies. `headers` are those of every call."""

    handler: Handler
    key: str | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, **parts: Any) -> Answer:
        """`body` is sent unchanged if it is text or bytes, else as JSON."""
        raw = body if body is None or isinstance(body, str | bytes) else json.dumps(body)
        headers = {**self.headers, **(parts.pop("headers", None) or {})}
        sent = event(method, path, key=self.key, body=raw, headers=headers, cookies=self.cookies, **parts)
        answer = self.handler(sent, Context())
        return Answer(
            answer["statusCode"], answer["headers"], answer.get("body") or "", answer.get("cookies", ())
        )

    def get(self, path: str, **query: str) -> Answer:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, body, headers=named)

    def put(self, path: str, body: Any) -> Answer:
        return self.send("PUT", path, body)

    def delete(self, path: str, **query: str) -> Answer:
        return self.send("DELETE", path, query=query or None)
