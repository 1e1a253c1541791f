"""Floods of alerts, and flood control as a process has it that has just started."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any

from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.notifications.flood_control import FALLBACK
from certctl.domain.notifications.notifications import CertificateFacts, Notification
from certctl.services.notifications.delivery import Delivery
from tests.support.notifications.rows import a_notification

if TYPE_CHECKING:
    from tests.support.notifications.engine import Engine

LIMIT = 5


def limited(engine: "Engine") -> "Engine":
    """At the beginning of a minute."""
    engine.clock.time = engine.clock().replace(second=0, microsecond=0)
    engine.flood_limit = LIMIT
    return engine


def queued(engine: "Engine", count: int, **changes: Any) -> list[str]:
    made = [a_notification(engine.clock(), **(_about_shop(n) | changes)) for n in range(count)]
    _create(engine, made)
    return [row.id for row in made]


def _about_shop(n: int) -> dict[str, Any]:
    """At a channel that people read."""
    return {
        "channel": "Slack",
        "channel_id": "slack-default",
        "recipient": "slack-default",
        "certificate_id": f"mc-shop-{n}",
        "dedup_key": f"Revocation/mc-shop-{n}/{n:04x}",
        "facts": CertificateFacts(f"shop-{n}.example", serial=f"{n:04x}"),
    }


def _create(engine: "Engine", made: list[Notification]) -> None:
    for batch in batched(made, 100, strict=False):
        engine.database.transact([engine.store.create_step(row) for row in batch])


def flood(engine: "Engine", count: int, **changes: Any) -> list[str]:
    """All of them nudged, one after the other, in one process."""
    ids = queued(engine, count, **changes)
    process = engine.delivery
    for row_id in ids:
        process.deliver(row_id)
    return ids


def rows_of(engine: "Engine", ids: list[str]) -> list[Notification]:
    return [engine.row(row_id) for row_id in ids]


def held_back(engine: "Engine", ids: list[str]) -> list[str]:
    return [row.id for row in rows_of(engine, ids) if row.is_flooded]


def follow_nudges(engine: "Engine", process: Delivery | None = None, most: int = 50) -> None:
    """Like the queue: the waits pass, and each message causes one attempt, in a new process each time unless
    one is given."""
    queue: list[tuple[datetime, str]] = []
    for _ in range(most):
        queue += [(engine.clock() + timedelta(seconds=wait), nudge.id) for nudge, wait in engine.nudges]
        engine.nudges.clear()
        if not queue:
            return
        queue.sort()
        at, row_id = queue.pop(0)
        engine.clock.time = max(engine.clock(), at)
        (process or engine.delivery).deliver(row_id)
    raise AssertionError("nudges without an end")


def with_more(engine: "Engine", ids: list[str], count: int) -> list[str]:
    """After a flood: as many more that were held back, without the time that it takes to nudge them."""
    (leader,) = rows_of(engine, held_back(engine, ids))
    assert leader.due.due_at is not None
    due = Due(due_at=leader.due.due_at + FALLBACK, attempt=1)
    more = [replace(leader, id=new_id("notif", engine.clock()), due=due) for _ in range(count)]
    _create(engine, more)
    return [*ids, *(row.id for row in more)]


def folds_of(engine: "Engine", ids: list[str]) -> dict[str, int]:
    return dict(Counter(row.folded_into for row in rows_of(engine, ids) if row.folded_into))


def sent_ids(engine: "Engine") -> list[str]:
    return [sent.id for sent in engine.provider.sends]
