"""All actors at once, each in a thread of its own, from the load's beginning to its end."""

import random
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.soak.calls import Caller, NoAnswer, Tally
from tests.soak.journal import Journal
from tests.soak.load import acme, campaigns, certificates, hosts, people, relying
from tests.soak.load.actors import Actor, Fleet
from tests.support.local.stack import LocalStack

type Step = Callable[[Actor], None]

# What each does, how long it pauses on average in seconds, and how many of them there are.
_PARTS: tuple[tuple[str, Step, float, int], ...] = (
    ("issue", certificates.issue, 1.5, 2),
    ("renew", certificates.renew, 3, 1),
    ("revoke", certificates.revoke, 5, 1),
    ("hold", certificates.hold, 12, 1),
    ("bulk", certificates.revoke_in_bulk, 25, 1),
    ("edit", certificates.edit, 6, 1),
    ("archive", certificates.archive, 20, 1),
    ("campaign", campaigns.campaign, 15, 1),
    ("read", people.read, 1.5, 1),
    ("search", people.search, 3, 1),
    ("sign-in", people.sign_in, 6, 1),
    ("keys", people.give_keys, 10, 1),
    ("organize", people.organize, 12, 1),
    ("host", hosts.poll, 4, 3),
    ("acme", acme.order, 6, 2),
    ("relying", relying.ask_status, 2, 1),
    ("requeue", people.requeue, 15, 1),
    ("watch", relying.watch_endpoint, 10, 1),
)
_END_SECONDS = 240
_HELP_SECONDS = 5


@dataclass
class Crowd:
    """`faults` are errors of actors, which are faults of the soak or answers that nobody expects."""

    seed: str
    run: str
    stack: LocalStack
    journal: Journal
    tally: Tally
    stopping: threading.Event = field(default_factory=threading.Event)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._made = list(self._actors())

    @contextmanager
    def helping(self) -> Iterator[None]:
        """Hosts go on with the work that they have: no schedule does it for them."""
        ended = threading.Event()
        hosts_of_load = [actor for step, _, actor in self._made if step is hosts.poll]
        threads = [
            threading.Thread(target=self._help, args=(each, ended), daemon=True) for each in hosts_of_load
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join(_END_SECONDS)

    def _help(self, host: Actor, ended: threading.Event) -> None:
        while not ended.wait(_HELP_SECONDS):
            self._step(hosts.poll, host)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Load inside of the context; when it is left, each actor ends its step."""
        threads = [
            threading.Thread(target=self._work, args=(step, pause, actor), daemon=True, name=actor.name)
            for step, pause, actor in self._made
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            deadline = time.monotonic() + _END_SECONDS
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))
                if thread.is_alive():
                    self.faults.append(f"{thread.name} did not end")

    def _actors(self) -> Iterator[tuple[Step, float, Actor]]:
        fleet = Fleet()
        memory = {"directory": self.stack.acme_directory, "root": self.stack.outputs["acme_root"]}
        for part, step, pause, amount in _PARTS:
            for number in range(amount):
                name = f"{part}{number}"
                rng = random.Random(f"{self.seed}:{name}")  # noqa: S311  # a load that repeats
                caller = Caller(self.stack.url, self.stack.outputs["api_key"], self.tally, self.journal)
                actor = Actor(name, self.run, rng, caller, self.journal, fleet, self.stopping)
                actor.memory |= memory
                yield step, pause, actor

    def _work(self, step: Step, pause: float, actor: Actor) -> None:
        while not self.stopping.wait(actor.rng.expovariate(1 / pause)):
            self.tally.add(f"step {actor.name.rstrip('0123456789')}")
            self._step(step, actor)

    def _step(self, step: Step, actor: Actor) -> None:
        try:
            step(actor)
        except NoAnswer as given_up:
            actor.journal.note("unknown", actor=actor.name, what=str(given_up))
        except Exception:
            self.faults.append(f"{actor.name}: {traceback.format_exc(limit=-4)}")
