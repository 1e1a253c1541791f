"""In any order of events, the real code keeps every invariant and terminates."""

from collections import Counter
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from certctl.domain.errors import Conflict
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.delivery import why_not_requeued
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.aws.clients import local_aws, new_database
from tests.support.notifications.engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    GONE,
    NOT_FOUND,
    WEBHOOK,
    Crash,
    Engine,
    throttled,
)

# together they take more than ten seconds
pytestmark = pytest.mark.slow

_OPEN = (NotificationStatus.PENDING, NotificationStatus.FAILED)
_FINAL = ("permanent", "channel_gone")


def _crash() -> None:
    raise Crash


def _nothing() -> None:
    """No crash."""


class NotificationEngine(RuleBasedStateMachine):
    rows = Bundle("rows")

    @initialize()
    def start(self) -> None:
        self.stack = ExitStack()
        self.stack.enter_context(local_aws())
        self.engine = Engine(new_database())
        self.engine.breaker = BreakerPolicy(failures=2)
        self.engine.flood_limit = 2
        self.ids: list[str] = []
        self.excuses: Counter[str] = Counter()
        self.lives: Counter[str] = Counter()
        self.dead_ever = 0

    @rule(target=rows)
    def queue(self) -> str:
        row_id = self.engine.queued()
        self.ids.append(row_id)
        self.lives[row_id] = 1
        return row_id

    @precondition(lambda self: len(self.ids) < 4)
    @rule(target=rows)
    def flood(self) -> Any:
        return multiple(*(self.queue() for _ in range(4)))

    @rule(
        outcomes=st.lists(
            st.sampled_from([FAILED, FAILED, FAILED, NOT_FOUND, GONE, throttled(5), throttled(400)]),
            max_size=6,
        )
    )
    def misbehave(self, outcomes: list[Any]) -> None:
        self.engine.provider.script = outcomes

    @rule(row_id=rows)
    def nudge(self, row_id: str) -> None:
        self.engine.deliver(row_id)

    @rule(row_id=rows)
    def crash_before_the_send(self, row_id: str) -> None:
        self.engine.provider.before = _crash
        self._run(row_id)

    @rule(row_id=rows)
    def crash_after_the_send(self, row_id: str) -> None:
        self.engine.provider.after = _crash
        sends = self.engine.provider.deliveries(row_id)
        self._run(row_id)
        self.excuses[row_id] += self.engine.provider.deliveries(row_id) - sends

    @rule(row_id=rows)
    def crash_after_publishing(self, row_id: str) -> None:
        self.engine.dead_letter_queue.after = _crash
        self._run(row_id)

    @rule(row_id=rows, seconds=st.sampled_from([61, 3700]))
    def stall_in_the_send(self, row_id: str, seconds: int) -> None:
        """Another worker runs concurrently."""
        sends = self.engine.provider.deliveries(row_id)
        self.engine.provider.after = lambda: self._meanwhile(row_id, seconds)
        self._run(row_id)
        self.excuses[row_id] += max(self.engine.provider.deliveries(row_id) - sends - 1, 0)

    def _meanwhile(self, row_id: str, seconds: int) -> None:
        self.engine.provider.after = _nothing
        self.engine.advance(seconds)
        self.engine.deliver(row_id)

    def _run(self, row_id: str) -> None:
        with suppress(Crash):
            self.engine.deliver(row_id)
        self.engine.provider.before = self.engine.provider.after = _nothing
        self.engine.dead_letter_queue.after = _nothing

    @rule()
    def sweep(self) -> None:
        assert self.engine.sweep().errors == 0

    @rule(seconds=st.sampled_from([1, 30, 61, 130, 500, 4000]))
    def wait(self, seconds: int) -> None:
        self.engine.advance(seconds)

    @rule(row_id=rows)
    def requeue(self, row_id: str) -> None:
        may = why_not_requeued(self.engine.row(row_id), self.engine.clock()) is None
        try:
            self.engine.requeueing.requeue(ADMIN, row_id)
        except Conflict:
            assert not may
        else:
            assert may
            self.lives[row_id] += 1

    @rule(row_id=rows)
    def read(self, row_id: str) -> None:
        before = self.engine.row(row_id)
        self.engine.requeueing.mark_read(ADMIN, row_id)
        assert self.engine.row(row_id).status is before.status

    @rule(is_down=st.booleans())
    def dead_letter_queue(self, is_down: bool) -> None:
        self.engine.dead_letter_queue.is_down = is_down

    @rule(is_there=st.booleans())
    def administrate(self, is_there: bool) -> None:
        self.engine.channels.pop(WEBHOOK.channel_id, None)
        if is_there:
            self.engine.channels[WEBHOOK.channel_id] = WEBHOOK

    @invariant()
    def every_row_keeps_its_promises(self) -> None:
        for row in self.engine.store.get_many(self.ids):
            self._check(row)

    def _check(self, row: Notification) -> None:
        due = row.due
        assert due.epoch == self.lives[row.id]
        assert (due.lease_owner is None) == (due.lease_until is None)
        assert row.retry_count <= 5
        assert len(row.attempts) <= 10
        assert len(row.last_error or "") <= 256
        assert self.engine.provider.deliveries(row.id) <= self.lives[row.id] + self.excuses[row.id]
        if row.status in _OPEN:
            assert due.due_at is not None
        elif row.status is NotificationStatus.SENT:
            assert (due.due_at, due.lease_owner, row.next_retry_at) == (None, None, None)
            assert (row.outcome == "folded") == (row.folded_into is not None)
            assert not row.is_flooded
            assert row.folded_into in (None, *self._all_ids())
        else:
            self._check_dead(row)

    def _check_dead(self, row: Notification) -> None:
        assert row.retry_count == 5 or row.outcome in _FINAL
        assert (row.next_retry_at, row.due.lease_owner) == (None, None)
        assert row.dlq_pending == (row.due.due_at is not None)
        published = {(m["id"], m["epoch"]) for m in self.engine.dead_letter_queue.messages}
        assert row.dlq_pending or (row.id, row.due.epoch) in published

    @invariant()
    def the_counters_are_true(self) -> None:
        if not self.ids:
            return
        totals = self.engine.totals()
        rows = self.engine.store.get_many([*self._all_ids()])
        dead = sum(row.status is NotificationStatus.DEAD for row in rows)
        assert self.engine.counters.dead() == dead
        assert totals.get("notifications_dead_total", 0) >= self.dead_ever
        self.dead_ever = totals.get("notifications_dead_total", 0)

    def _all_ids(self) -> set[str]:
        """With the alerts that channels have raised."""
        return {*self.ids, *(nudge.id for nudge, _ in self.engine.nudges)}

    def teardown(self) -> None:
        with self.stack:
            self._come_to_an_end()

    def _come_to_an_end(self) -> None:
        engine = self.engine
        engine.provider.script = []
        engine.provider.outcome = DELIVERED
        engine.dead_letter_queue.is_down = False
        for _ in range(8):
            engine.advance(4000)
            engine.sweep()
        rows = [engine.row(row_id) for row_id in self._all_ids()]
        assert [row for row in rows if row.status in _OPEN or row.due.due_at or row.due.lease_owner] == []


NotificationEngine.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestNotificationEngine = NotificationEngine.TestCase
