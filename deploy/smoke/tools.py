"""What a relying party and an API client do: HTTP, openssl, and waiting."""

import json
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.errors import DeployError

_HTTP_SECONDS = 40


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Any

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")


@dataclass(frozen=True)
class Api:
    """The HTTPS API with one key."""

    url: str
    key: str

    def send(self, method: str, path: str, body: Any = None) -> Answer:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        return fetch(f"{self.url}{path}", method=method, data=data, headers=headers)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """JSON of a success. Raises DeployError with the problem's text for another status."""
        answer = self.send(method, path, body)
        if answer.status >= 300:
            raise DeployError(
                f"{method} {path}: {answer.status} {answer.body.decode(errors='replace')[:400]}"
            )
        return answer.json


def fetch(url: str, trusted: ssl.SSLContext | None = None, **request: Any) -> Answer:
    """Returns any status. Raises DeployError without a response. `trusted` has roots beside the system's."""
    try:
        with urllib.request.urlopen(  # noqa: S310  # the stack's own API and PKI host
            urllib.request.Request(url, **request),  # noqa: S310  # as above
            timeout=_HTTP_SECONDS,
            context=trusted,
        ) as answer:
            return Answer(answer.status, answer.read(), answer.headers)
    except urllib.error.HTTPError as refusal:
        return Answer(refusal.code, refusal.read(), refusal.headers)
    except OSError as broken:
        raise DeployError(f"{url}: {broken}") from broken


def openssl(*arguments: str | Path) -> str:
    """Both of its outputs. Raises DeployError if it fails."""
    command = ["openssl", *(str(each) for each in arguments)]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=30)
    text = (ended.stdout + ended.stderr).decode(errors="replace")
    if ended.returncode != 0:
        raise DeployError(f"openssl {arguments[0]}: {text.strip()[-300:]}")
    return text


def wait_for[T](look: Callable[[], T | None], what: str, seconds: float) -> T:
    """The first result of `look` that is not None. Raises DeployError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(1)
    raise DeployError(f"{what} did not come within {seconds:.0f} s")
