"""Walks of the protocol's model (tests/unit/notifications), each step taken by the real worker as well.

A worker is a thread that is held up twice: before its request to the provider, and after the answer. Between
these points the model takes several steps, which are one here. A tick of the model is a minute.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Queue
from threading import Thread, current_thread
from typing import Any

from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.delivery import DeliverySchedule, Timing
from certctl.domain.retries import RetrySchedule
from tests.support.notifications.engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    NOT_FOUND,
    WEBHOOK,
    Crash,
    Engine,
    Sent,
    throttled,
)
from tests.unit.notifications.protocol_model import PHASES, Model
from tests.unit.notifications.protocol_states import LEASE, MAX_ATTEMPTS, WORKERS, State

_TICK = 60.0
_PATIENCE = 30
_ANSWERS = {
    "delivered": DELIVERED,
    "retryable": FAILED,
    "permanent": NOT_FOUND,
    "throttled": throttled(_TICK),
}
_HELD_UP = ("idle", "sending", "sent")


@dataclass(frozen=True)
class Step:
    """`kind`, of worker `me`, with the answer of the provider."""

    kind: str
    me: int = 0
    answer: str = ""


class Walker:
    """The model's side: which steps may be taken, and where they lead."""

    def __init__(self) -> None:
        self._model = Model()

    def steps(self, state: State) -> Iterator[tuple[Step, State]]:
        for me in WORKERS:
            yield from self._of_worker(state, me)
        for after, _ in self._model._tick(state):
            yield Step("tick"), after
        for after, _ in self._model._requeue(state):
            yield Step("requeue"), after

    def _of_worker(self, state: State, me: int) -> Iterator[tuple[Step, State]]:
        phase = state.workers[me].phase
        if phase == "idle" and (begun := next(iter(self._model._begin(state, me)), None)):
            yield Step("begin", me), self._until_held_up(begun[0], me)
        if phase == "sending":
            for after, _ in self._model._sending(state, me, state.workers[me]):
                yield Step("answer", me, after.workers[me].outcome), after
        if phase == "sent":
            yield Step("complete", me), self._until_held_up(self._next(state, me), me)
        if phase in ("sending", "sent") and state.faults.crashes:
            yield Step("crash", me), self._model._crash(state, me, state.workers[me])

    def _until_held_up(self, state: State, me: int) -> State:
        while state.workers[me].phase not in _HELD_UP or state.workers[me].outcome == "spent":
            state = self._next(state, me)
        return state

    def _next(self, state: State, me: int) -> State:
        worker = state.workers[me]
        return next(iter(PHASES[worker.phase](self._model, state, me, worker)))[0]


@dataclass
class _Worker:
    """A thread of the real worker, and where it is."""

    phase: str = "idle"
    arrived: "Queue[str]" = field(default_factory=Queue)
    told: "Queue[Any]" = field(default_factory=Queue)
    thread: Thread | None = None

    def wait(self) -> None:
        self.phase = self.arrived.get(timeout=_PATIENCE)

    def is_told(self, phase: str) -> Any:
        """Called in the thread: waits for the walk's next step."""
        self.arrived.put(phase)
        told = self.told.get(timeout=_PATIENCE)
        if told is Crash:
            raise Crash
        return told


class Replay:
    """The real side: one row, two workers, a clock."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        engine.breaker = BreakerPolicy(failures=1_000_000)
        engine.schedule = DeliverySchedule(RetrySchedule(MAX_ATTEMPTS, _TICK, _TICK), timedelta(days=30))
        work = timedelta(seconds=_TICK / 2)
        engine.timing = Timing(timedelta(seconds=_TICK * LEASE), work, work / 2, work)
        engine.provider.send = self._send  # type: ignore[method-assign]  # held up
        engine.with_webhook_only()
        self.workers = [_Worker() for _ in WORKERS]
        self.row_id = engine.queued()
        self._sends_before = 0
        self._forget_channel()

    def _forget_channel(self) -> None:
        """Ends its pause, which the model does not have."""
        self.engine.database.write(self.engine.states.forget_step(WEBHOOK.channel_id))

    def take(self, step: Step, before: State) -> None:
        match step.kind:
            case "begin" if before.status == "dead":
                self.engine.dead_letters.publish(self.row_id)  # as the sweep does
            case "begin":
                self._begin(self.workers[step.me])
            case "answer":
                self._tell(self.workers[step.me], _ANSWERS[step.answer])
            case "complete":
                self._tell(self.workers[step.me], None)
            case "crash":
                self._tell(self.workers[step.me], Crash)
            case "tick":
                self.engine.advance(_TICK)
            case "requeue":
                self._requeue()

    def _begin(self, worker: _Worker) -> None:
        worker.thread = Thread(target=self._deliver, name=str(self.workers.index(worker)), daemon=True)
        worker.thread.start()
        worker.wait()

    def _deliver(self) -> None:
        worker = self.workers[int(current_thread().name)]
        try:
            self.engine.deliver(self.row_id)
        except Crash:
            pass
        finally:
            worker.arrived.put("idle")

    def _tell(self, worker: _Worker, told: Any) -> None:
        worker.told.put(told)
        worker.wait()

    def _send(self, channel: Any, message: Any, deadline_seconds: float) -> Any:
        worker = self.workers[int(current_thread().name)]
        answer = worker.is_told("sending")
        provider = self.engine.provider
        provider.sends.append(
            Sent(message.notification_id, channel.channel_id, provider.clock(), answer.kind)
        )
        worker.is_told("sent")
        return answer

    def _requeue(self) -> None:
        self._forget_channel()
        self.engine.requeueing.requeue(ADMIN, self.row_id)
        self._sends_before = self.engine.provider.deliveries(self.row_id)

    def end(self) -> None:
        for worker in self.workers:
            if worker.phase != "idle":
                self._tell(worker, Crash)

    def view(self) -> dict[str, Any]:
        """The state of the real row in the model's terms."""
        row, now = self.engine.row(self.row_id), self.engine.clock()
        due = row.due
        published = {(m["id"], m["epoch"]) for m in self.engine.dead_letter_queue.messages}
        return {
            "status": row.status.value,
            "due": None if due.due_at is None else _ticks((due.due_at - now).total_seconds()),
            "epoch": due.epoch,
            "retry": None if row.status.value == "dead" else due.retry_count,
            "held": due.lease_owner is not None,
            "lease": _ticks((due.lease_until - now).total_seconds()) if due.lease_until else 0,
            "dead_letter": row.dlq_pending,
            "published": row.status.value == "dead" and (row.id, due.epoch) in published,
            "delivered": self.engine.provider.deliveries(self.row_id) - self._sends_before,
            "workers": [worker.phase for worker in self.workers],
        }


def view_of(state: State) -> dict[str, Any]:
    """The same of the model's state, in which a death does not raise the retry count."""
    return {
        "status": state.status,
        "due": state.due,
        "epoch": state.epoch,
        "retry": None if state.status == "dead" else state.retry,
        "held": state.owner is not None,
        "lease": state.lease,
        "dead_letter": state.dead_letter,
        "published": state.status == "dead" and state.published,
        "delivered": state.delivered,
        "workers": [worker.phase for worker in state.workers],
    }


def _ticks(seconds: float) -> int:
    return max(0, math.ceil(seconds / _TICK))
