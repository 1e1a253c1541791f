"""500 alerts while twenty SIGKILLs hit the four worker processes that send them, four at a time each: how
many were delivered again, beside the attempts that the kills cut off."""

import os
from collections.abc import Iterator
from uuid import uuid4

from bench.harness.rows import Row, exactly
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.aws.dynamodb_local import credentials, new_database, running
from tests.support.notifications.engine import Engine
from tests.support.notifications.killed_worker import SENDS_AT_ONCE
from tests.support.notifications.kills import KilledRun, killed_run

_KILLS = 20


def rows() -> Iterator[Row]:
    access_key = uuid4().hex
    os.environ.update(credentials(access_key))
    with running() as endpoint:
        run = killed_run(Engine(new_database(endpoint)), endpoint, access_key, _KILLS)
    counts = {"cut off": sum(run.cut_off.values()), "in flight at most": _KILLS * SENDS_AT_ONCE}
    repeated = sum(run.repeated.values())
    yield Row(
        f"{_KILLS} kills: delivered again",
        "alerts",
        exactly(repeated),
        at_most=counts["cut off"],
        counts=counts,
    )
    yield Row(f"{_KILLS} kills: lost", "alerts", exactly(_lost(run)), at_most=0)


def _lost(run: KilledRun) -> int:
    """Alerts that are neither delivered nor dead."""
    ended = (run.of(NotificationStatus.SENT) & run.receiver.delivered.keys()) | run.of(
        NotificationStatus.DEAD
    )
    return len(run.rows) - len(ended)
