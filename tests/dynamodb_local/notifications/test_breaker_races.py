"""Many that find a channel bad, or good again, at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest

from certctl.domain.channels.channels import WORKING
from certctl.domain.errors import Unavailable
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.requests import NotificationFilter
from certctl.domain.notifications.statuses import NotificationStatus, NotificationType
from tests.support.notifications.breaker import INTERVAL, opened, state_of, waits
from tests.support.notifications.engine import ADMIN, FAILED, NOT_FOUND, WEBHOOK, Engine

pytestmark = pytest.mark.dynamodb_local
_TIMES = 20


def _at_once[R](act: Callable[[], R]) -> list[R]:
    """All of them wait for one another, then start."""
    barrier = Barrier(_TIMES)

    def started(_: int) -> R:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(_TIMES) as pool:
        return list(pool.map(started, range(_TIMES)))


def _told(engine: Engine) -> list[Notification]:
    rows = [engine.row(nudge.id) for nudge, wait in engine.nudges if wait == 0]
    return [row for row in rows if row.type is NotificationType.CHANNEL_FAILURE]


def test_of_twenty_that_find_it_failing_at_once_one_opens_it(engine: Engine) -> None:
    now, error = engine.clock(), "HTTP 500"
    moments = iter(now + timedelta(milliseconds=n) for n in range(_TIMES))

    def opens() -> bool:
        at = next(moments)
        return engine.states.open(WEBHOOK.channel_id, WORKING, at, at + timedelta(seconds=60), error)

    assert sum(_at_once(opens)) == 1


def test_of_twenty_probes_at_once_one_is_sent(engine: Engine) -> None:
    opened(engine)
    engine.advance(INTERVAL)
    now, until, seen = engine.clock(), engine.clock() + timedelta(seconds=60), state_of(engine)
    won = _at_once(lambda: engine.states.take_probe(WEBHOOK.channel_id, seen, uuid4().hex, now, until))
    assert sum(won) == 1


def test_twenty_workers_at_an_open_channel_send_one_probe_and_charge_nobody(engine: Engine) -> None:
    opened(engine)
    ids = [engine.queued() for _ in range(_TIMES)]
    engine.advance(INTERVAL)
    engine.provider.outcome = FAILED
    waiting = iter(ids)
    _at_once(lambda: engine.deliver(next(waiting)))
    assert len(engine.provider.sends) == 2
    rows = [engine.row(row_id) for row_id in ids]
    assert [row.retry_count for row in rows] == [0] * _TIMES
    assert sum(waits(row) for row in rows) == _TIMES - 1


def test_twenty_deaths_at_once_are_all_dead_and_told_once(engine: Engine) -> None:
    engine.breaker = BreakerPolicy()
    engine.provider.outcome = NOT_FOUND
    ids = [engine.queued() for _ in range(_TIMES)]
    waiting = iter(ids)

    def dies() -> None:
        with suppress(Unavailable):  # twenty at once: who goes unheard comes back after the lease
            engine.deliver(next(waiting))

    _at_once(dies)
    engine.advance(61)
    engine.sweep()
    assert {engine.row(row_id).status for row_id in ids} == {NotificationStatus.DEAD}
    of_channels = NotificationFilter(type=NotificationType.CHANNEL_FAILURE)
    told = engine.lists.page(ADMIN, of_channels, None, 50).records
    assert [row.channel_id for row in told] == ["slack-default"]


def test_an_outage_that_ends_in_twenty_answers_at_once_ends_with_one_all_clear(engine: Engine) -> None:
    opened(engine)
    engine.provider.outcome = FAILED
    engine.advance(15 * 60)
    engine.sweep()
    seen = state_of(engine)
    closed = _at_once(lambda: engine.outages(engine.cached_states).recover(WEBHOOK.channel_id, seen))
    assert sum(closed) == 1
    assert [row.action for row in _told(engine)] == ["trigger", "resolve"]
    assert {row.status for row in _told(engine)} == {NotificationStatus.PENDING}
