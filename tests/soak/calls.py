"""Requests of the load: each is repeated until its outcome is known, as a careful client does."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.soak.journal import Journal

_SECONDS = 40
_PATIENCE_SECONDS = 150
_PAUSE_SECONDS = 1.0
_STILL_RUNNING = "is still running"
_FAULT = "internal-error"


class NoAnswer(Exception):
    """The stack gave no usable answer for so long that the actor gives up; the outcome is unknown."""


@dataclass
class Tally:
    """Counts of all actors."""

    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str) -> None:
        with self.lock:
            self.counts[name] += 1


@dataclass(frozen=True)
class Answer:
    """`attempts` over one: an earlier attempt may have done it, so that a conflict is no news."""

    status: int
    body: Any
    attempts: int
    headers: Mapping[str, str]

    @property
    def is_good(self) -> bool:
        return self.status < 400

    @property
    def may_have_been_done(self) -> bool:
        return self.status == 409 and self.attempts > 1


@dataclass(frozen=True)
class Caller:
    """Calls the API at `url` with a key."""

    url: str
    key: str
    tally: Tally
    journal: Journal
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """The first answer that is not the stack's own trouble. Raises NoAnswer."""
        began = time.monotonic()
        attempts = 0
        while time.monotonic() < began + _PATIENCE_SECONDS:
            attempts += 1
            response = self._once(method, path, body, headers)
            if response is not None and not _is_trouble(response):
                return Answer(response.status_code, _body_of(response), attempts, dict(response.headers))
            self._note_fault(method, path, response)
            self.tally.add("repeats")
            time.sleep(_PAUSE_SECONDS)
        raise NoAnswer(f"{method} {path}")

    def _once(
        self, method: str, path: str, body: Any, headers: Mapping[str, str]
    ) -> requests.Response | None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named.setdefault("Authorization", f"Bearer {self.key}")
        self.tally.add("requests")
        try:
            return self.session.request(
                method, self.url + path, json=body, headers=named, timeout=_SECONDS, allow_redirects=False
            )
        except requests.RequestException:
            return None

    def _note_fault(self, method: str, path: str, response: requests.Response | None) -> None:
        """A fault of certctl itself, which no kill explains: the function lived to report it."""
        if response is not None and _FAULT in response.text:
            self.tally.add("internal_errors")
            self.journal.note("fault", method=method, path=path, body=response.text[:500])

    def with_key(self, key: str) -> "Caller":
        return Caller(self.url, key, self.tally, self.journal)

    def until(self, what: Callable[[], Any], seconds: float, stopping: threading.Event) -> Any:
        """The first result that is neither None nor empty; None if time or the load ends before."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not stopping.wait(0.5):
            found = what()
            if found:
                return found
        return None


def _is_trouble(response: requests.Response) -> bool:
    """What a careful client repeats: the stack's fault, its limits, and its own request that still runs."""
    if response.status_code == 409:
        return _STILL_RUNNING in response.text
    return response.status_code >= 500 or response.status_code == 429


def _body_of(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return response.text
