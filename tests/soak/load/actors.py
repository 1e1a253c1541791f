"""What all actors have: random numbers of their own, a caller, the soak's books, and the certificates to
act on."""

import random
import threading
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.soak.calls import Answer, Caller
from tests.soak.journal import Journal


@dataclass(frozen=True)
class Owned:
    """A certificate that the load requested."""

    id: str
    name: str


@dataclass
class Fleet:
    """Certificates that no actor is working on: one at a time has a certificate."""

    owned: list[Owned] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, *certificates: Owned) -> None:
        with self.lock:
            self.owned += certificates

    def take(self, rng: random.Random, at_most: int = 1) -> list[Owned]:
        """Leaves ten for others."""
        with self.lock:
            amount = max(0, min(at_most, len(self.owned) - 10))
            return [self.owned.pop(rng.randrange(len(self.owned))) for _ in range(amount)]

    def shown(self, rng: random.Random) -> Owned | None:
        """One to read."""
        with self.lock:
            return rng.choice(self.owned) if self.owned else None


@dataclass
class Actor:
    """`run` makes names and keys of this run unique."""

    name: str
    run: str
    rng: random.Random
    caller: Caller
    journal: Journal
    fleet: Fleet
    stopping: threading.Event
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    memory: dict[str, Any] = field(default_factory=dict)

    def label(self) -> str:
        """A new text that nobody else has."""
        return f"{self.name}-{next(self.numbers)}-{self.run}"

    def create(self, path: str, body: Any, key: str) -> Answer:
        """A POST that is done once, however often it is sent."""
        answer = self.caller.ask("POST", path, body, Idempotency_Key=key)
        if answer.is_good:
            self.journal.note("key", path=path, key=key, attempts=answer.attempts)
        return answer

    def is_active(self, owned: Owned) -> bool:
        found = self.caller.ask("GET", f"/api/v1/certificates/{owned.id}")
        return found.is_good and found.body["status"] == "Active"
