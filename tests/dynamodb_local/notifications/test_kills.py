"""Twenty kills in the middle of 500 deliveries: nothing is lost, and what is repeated is accounted for."""

import pytest

from certctl.domain.notifications.statuses import NotificationStatus, NotificationType
from tests.support.notifications.engine import Engine
from tests.support.notifications.killed_worker import SENDS_AT_ONCE
from tests.support.notifications.kills import ROWS, KilledRun, always_fails, killed_run

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.slow, pytest.mark.timeout(240)]
_KILLS = 20


def test_500_rows_survive_twenty_kills_of_four_workers(
    endpoint: str, access_key: str, engine: Engine
) -> None:
    run = killed_run(engine, endpoint, access_key, _KILLS)
    _check_nothing_is_lost(run)
    _check_duplicates(run)
    _check_dead_letters(engine, run)
    assert [row.id for row in run.rows if row.due.lease_owner or row.due.due_at] == []


def _check_nothing_is_lost(run: KilledRun) -> None:
    sent, dead = run.of(NotificationStatus.SENT), run.of(NotificationStatus.DEAD)
    assert len(sent) + len(dead) == ROWS
    assert sent <= run.receiver.delivered.keys()
    assert {row.id for row in run.rows if always_fails(row.id)} <= dead


def _check_duplicates(run: KilledRun) -> None:
    """Each belongs to an attempt that a kill cut off, and no kill cut off more than were in flight."""
    assert all(count <= run.cut_off[row_id] for row_id, count in run.repeated.items())
    assert sum(run.repeated.values()) <= sum(run.cut_off.values()) <= _KILLS * SENDS_AT_ONCE


def _check_dead_letters(engine: Engine, run: KilledRun) -> None:
    dead = run.of(NotificationStatus.DEAD)
    buried = run.receiver.dead.keys() | set(engine.dead_letter_queue.ids)
    alerts = [engine.row(row_id) for row_id in buried - {row.id for row in run.rows}]
    assert {alert.type for alert in alerts} <= {NotificationType.CHANNEL_FAILURE}
    assert buried - {alert.id for alert in alerts} == dead
    assert engine.counters.dead() == len(dead) + len(alerts)
