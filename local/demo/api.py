"""The API of the running stack, as the demo calls it."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class DemoError(Exception):
    """The API did not do what the demo asked for."""


@dataclass(frozen=True)
class Api:
    """The API of the running stack, as its administrator."""

    url: str
    key: str

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """JSON answer of one call under `/api/v1`; DemoError with the problem's text when it is refused."""
        answer: dict[str, Any] = json.loads(self._send(method, path, body, headers or {}) or b"{}")
        return answer

    def text(self, path: str) -> str:
        """What is there that is no JSON; raises as `call`."""
        return self._send("GET", path, None, {}).decode()

    def _send(self, method: str, path: str, body: dict[str, Any] | None, headers: Mapping[str, str]) -> bytes:
        request = urllib.request.Request(  # noqa: S310  # the URL is our own front door
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
                return bytes(answer.read())
        except urllib.error.HTTPError as refusal:
            problem = refusal.read().decode(errors="replace")
            raise DemoError(f"{method} {path} answered {refusal.code}: {problem}") from refusal
        except (OSError, http.client.HTTPException) as broken:
            raise DemoError(f"{method} {path}: {broken}") from broken
