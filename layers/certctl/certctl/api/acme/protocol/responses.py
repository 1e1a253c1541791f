"""Responses to ACME clients."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

JSON = "application/json"
CACHED = "public, max-age=300"


@dataclass(frozen=True)
class AcmeResponse:
    """`links` are URLs with their relations (RFC 8288)."""

    status: int
    body: str = ""
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()

    def with_headers(self, **headers: str) -> "AcmeResponse":
        """`_` in a name stands for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})

    def linked(self, url: str, relation: str) -> "AcmeResponse":
        return replace(self, links=(*self.links, (url, relation)))

    def payload(self, *, is_head: bool = False) -> dict[str, Any]:
        """The response of an HTTP API (payload 2.0), which cannot repeat a header: links share one."""
        headers = {"X-Content-Type-Options": "nosniff", **self.headers}
        if self.media_type:
            headers["Content-Type"] = self.media_type
        if self.links:
            headers["Link"] = ", ".join(f'<{url}>;rel="{relation}"' for url, relation in self.links)
        body = "" if is_head else self.body
        return {"statusCode": self.status, "headers": headers, "body": body, "isBase64Encoded": False}


def json_response(body: Mapping[str, Any], status: int = 200) -> AcmeResponse:
    return AcmeResponse(status, json.dumps(body, ensure_ascii=False), JSON)
