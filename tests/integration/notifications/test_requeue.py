"""Requeue: from which states, by which callers, of one or many."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.notifications.requests import NotificationFilter, RequeueMany
from certctl.domain.notifications.statuses import NotificationStatus, NotificationType
from certctl.store.paging import Position
from tests.support.notifications.engine import ADMIN, FAILED, NOT_FOUND, Engine, ids_of

_OPERATOR = Principal("key-op", Role.OPERATOR, ("t-default",))
_STRANGER = Principal("key-other", Role.OPERATOR, ("t-other",))


def _dead(engine: Engine, count: int = 1, **changes: object) -> list[str]:
    engine.provider.outcome = NOT_FOUND
    ids = [engine.queued(**changes) for _ in range(count)]
    for row_id in ids:
        engine.deliver(row_id)
    return ids


def test_a_pending_row_is_a_conflict(engine: Engine) -> None:
    with pytest.raises(Conflict, match="queued already"):
        engine.requeueing.requeue(ADMIN, engine.queued())


def test_a_failed_row_is_queued_at_once_with_a_new_budget(engine: Engine) -> None:
    engine.provider.script = [FAILED, FAILED]
    row_id = engine.queued()
    engine.run_ladder(row_id, 2)
    engine.requeueing.requeue(ADMIN, row_id)
    row = engine.row(row_id)
    assert (row.status, row.retry_count, row.due.due_at) == (
        NotificationStatus.PENDING,
        0,
        _milliseconds(engine),
    )


def _milliseconds(engine: Engine) -> object:
    now = engine.clock()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def test_a_failed_row_that_is_being_sent_is_a_conflict(engine: Engine) -> None:
    engine.provider.script = [FAILED]
    row_id = engine.queued()
    engine.deliver(row_id)
    engine.advance(60)
    engine.store.claim(row_id, engine.clock(), timedelta(seconds=60))
    with pytest.raises(Conflict, match="being sent"):
        engine.requeueing.requeue(ADMIN, row_id)


def test_requeue_removes_what_the_last_life_left(engine: Engine) -> None:
    (row_id,) = _dead(engine)
    engine.requeueing.requeue(ADMIN, row_id)
    item = engine.database.client.get_item(TableName="notifications", Key={"notification_id": {"S": row_id}})[
        "Item"
    ]
    gone = {"next_retry_at", "last_error", "outcome", "sent_at", "dead_at", "dead_shard", "dlq_pending"}
    assert not gone & item.keys()
    assert not {"lease_owner", "lease_until"} & item.keys()


def test_another_teams_row_is_not_found(engine: Engine) -> None:
    (row_id,) = _dead(engine)
    for act in (engine.requeueing.requeue, engine.requeueing.mark_read, engine.lists.get):
        with pytest.raises(NotFound):
            act(_STRANGER, row_id)
    engine.requeueing.requeue(_OPERATOR, row_id)


def test_many_are_requeued_by_channel_type_and_age(engine: Engine) -> None:
    old = _dead(engine, 3)
    engine.advance(3600)
    _dead(engine, 2)
    _dead(engine, 2, channel_id="slack-default", channel="Slack")
    _dead(engine, 1, type=NotificationType.RENEWAL_FAILURE)
    wanted = RequeueMany(
        channel="webhook-default",
        type=NotificationType.REVOCATION,
        older_than=timedelta(minutes=30),
    )
    report = engine.requeueing.requeue_many(ADMIN, wanted, None)
    assert (report.requeued, report.refused, report.next) == (3, 0, None)
    assert all(engine.row(i).status is NotificationStatus.PENDING for i in old)
    assert engine.counters.dead() == 5


def test_more_than_a_call_takes_continue_at_its_cursor(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certctl.services.notifications.requeue.MAX_AT_ONCE", 4)
    ids = _dead(engine, 10)
    position: Position | None = None
    requeued = calls = 0
    while calls == 0 or position is not None:
        report = engine.requeueing.requeue_many(ADMIN, RequeueMany(), position)
        requeued, position, calls = requeued + report.requeued, report.next, calls + 1
    assert (requeued, calls >= 3) == (10, True)
    assert all(engine.row(i).status is NotificationStatus.PENDING for i in ids)


def test_an_operator_requeues_only_the_teams_own(engine: Engine) -> None:
    _dead(engine, 2)
    foreign = _dead(engine, 2, team_id="t-other")
    assert engine.requeueing.requeue_many(_OPERATOR, RequeueMany(), None).requeued == 2
    assert all(engine.row(i).status is NotificationStatus.DEAD for i in foreign)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (NotificationFilter(), 6),
        (NotificationFilter(status=NotificationStatus.DEAD), 2),
        (NotificationFilter(status=NotificationStatus.PENDING), 4),
        (NotificationFilter(channel="Slack"), 1),
        (NotificationFilter(channel="slack-default", status=NotificationStatus.PENDING), 1),
        (NotificationFilter(certificate_id="mc-other"), 1),
        (NotificationFilter(type=NotificationType.RENEWAL_FAILURE), 1),
    ],
)
def test_lists_follow_their_filters(engine: Engine, wanted: NotificationFilter, expected: int) -> None:
    engine.with_webhook_only()
    _dead(engine, 2)
    engine.queued()
    engine.queued(channel="Slack", channel_id="slack-default")
    engine.queued(certificate_id="mc-other")
    engine.queued(type=NotificationType.RENEWAL_FAILURE)
    page = engine.lists.page(ADMIN, wanted, None, 50)
    assert len(page.records) == expected


@pytest.mark.parametrize("status", [NotificationStatus.DEAD, None])
def test_pages_together_hold_every_row_once_though_all_share_one_moment(
    engine: Engine, status: NotificationStatus | None
) -> None:
    engine.with_webhook_only()
    ids = _dead(engine, 23)
    found: list[str] = []
    position: Position | None = None
    wanted = NotificationFilter(status=status)
    for _ in range(60):
        page = engine.lists.page(ADMIN, wanted, position, 2)
        found += [row.id for row in page.records]
        position = page.next
        if position is None:
            break
    assert sorted(found) == sorted(ids)


def test_a_viewer_sees_the_teams_own_rows_only(engine: Engine) -> None:
    mine = _dead(engine, 2)
    _dead(engine, 2, team_id="t-other")
    viewer = replace(_OPERATOR, role=Role.VIEWER)
    page = engine.lists.page(viewer, NotificationFilter(status=NotificationStatus.DEAD), None, 50)
    assert ids_of(page.records) == set(mine)
