"""Floods: the limit is sent, what is beyond it is folded, and nothing is lost between."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

import pytest

from certctl.domain.due_work import Due
from certctl.domain.errors import Conflict, Unavailable
from certctl.domain.floods import FALLBACK, MAX_FOLDED
from certctl.domain.notifications import (
    Action,
    CertificateFacts,
    Notification,
    NotificationStatus,
    NotificationType,
)
from certctl.store import notification_folds
from tests.support.notification_engine import (
    ADMIN,
    DELIVERED,
    FAILED,
    NOT_FOUND,
    Crash,
    Engine,
    a_notification,
)
from tests.support.wire_faults import answers_lost, refusals
from tests.support.write_units import metered

_LIMIT = 5


@pytest.fixture
def engine(engine: Engine) -> Engine:
    engine.clock.time = engine.clock().replace(second=0, microsecond=0)
    engine.flood_limit = _LIMIT
    return engine


def _queued(engine: Engine, count: int, **changes: Any) -> list[str]:
    return [
        engine.queued(
            **{
                "certificate_id": f"mc-shop-{n}",
                "dedup_key": f"Revocation/mc-shop-{n}/{n:04x}",
                "facts": CertificateFacts(f"shop-{n}.example", serial=f"{n:04x}"),
            }
            | changes
        )
        for n in range(count)
    ]


def _flood(engine: Engine, count: int, **changes: Any) -> list[str]:
    """All of them nudged, one after the other, in one process."""
    ids = _queued(engine, count, **changes)
    process = engine.delivery
    for row_id in ids:
        process.deliver(row_id)
    return ids


def _rows(engine: Engine, ids: list[str]) -> list[Notification]:
    return [engine.row(row_id) for row_id in ids]


def _held_back(engine: Engine, ids: list[str]) -> list[str]:
    return [row.id for row in _rows(engine, ids) if row.is_flooded]


def _follow_nudges(engine: Engine, most: int = 50) -> None:
    """As the queue would: the waits pass, each message leads to one attempt."""
    queue: list[tuple[datetime, str]] = []
    for _ in range(most):
        queue += [(engine.clock() + timedelta(seconds=wait), nudge.id) for nudge, wait in engine.nudges]
        engine.nudges.clear()
        if not queue:
            return
        queue.sort()
        at, row_id = queue.pop(0)
        engine.clock.time = max(engine.clock(), at)
        engine.deliver(row_id)
    raise AssertionError("nudges without an end")


def _with_more(engine: Engine, ids: list[str], count: int) -> list[str]:
    """After a flood: as many more that were held back, without the time that it takes to nudge them."""
    (leader,) = _rows(engine, _held_back(engine, ids))
    assert leader.due.due_at is not None
    due = Due(due_at=leader.due.due_at + FALLBACK, attempt=1)
    more = [a_notification(engine.clock(), is_flooded=True, due=due) for _ in range(count)]
    for rows in batched(more, 100, strict=False):
        engine.database.transact([engine.store.create_step(row) for row in rows])
    return [*ids, *(row.id for row in more)]


def _folds(engine: Engine, ids: list[str]) -> dict[str, int]:
    return dict(Counter(row.folded_into for row in _rows(engine, ids) if row.folded_into))


def _sends(engine: Engine) -> list[str]:
    return [sent.id for sent in engine.provider.sends]


def test_what_is_beyond_the_limit_is_folded_into_one_alert(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 25)
    assert _sends(engine) == ids[:_LIMIT]
    assert [nudge.id for nudge, _ in engine.nudges] == [ids[_LIMIT]]
    _follow_nudges(engine)
    folds = _folds(engine, ids)
    assert list(folds.values()) == [25]
    assert _sends(engine) == [*ids[:_LIMIT], *folds]
    (fold,) = _rows(engine, list(folds))
    assert (fold.status, fold.subject) == (NotificationStatus.SENT, "25 Revocation alerts")
    assert fold.message.splitlines()[1] == "- shop-5.example (serial 0005)"
    assert fold.message.splitlines()[-1] == "and 5 more."
    for row in _rows(engine, ids[_LIMIT:]):
        assert (row.status, row.outcome, row.sent_at) == (NotificationStatus.SENT, "folded", None)
        assert (row.due.due_at, row.next_retry_at, row.is_flooded) == (None, None, False)
        assert row.retry_count == 0
    # all others are folded without being claimed
    assert [row.due.attempt for row in _rows(engine, ids[_LIMIT:])] == [2] + [1] * 24


def test_more_than_90_become_several_folds_of_90_at_most(engine: Engine) -> None:
    ids = _with_more(engine, _flood(engine, _LIMIT + 1), 99)
    _follow_nudges(engine)
    folds = _folds(engine, ids)
    assert sum(folds.values()) == 100
    assert max(folds.values()) <= MAX_FOLDED
    assert len(engine.provider.sends) == _LIMIT + len(folds) == _LIMIT + 2


def test_what_one_reading_does_not_show_the_next_does(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification_folds, "_PER_SHARD", 2)
    ids = _with_more(engine, _flood(engine, _LIMIT + 1), 39)
    _follow_nudges(engine)
    folds = _folds(engine, ids)
    assert len(engine.provider.sends) == _LIMIT + len(folds)
    assert sum(folds.values()) in (39, 40)  # where one is left, it waits for the sweep
    engine.advance(FALLBACK.total_seconds())
    engine.sweep()
    assert {row.status for row in _rows(engine, ids)} == {NotificationStatus.SENT}


def test_while_they_wait_they_show_when_they_will_be_told(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 3)
    leader, *others = _rows(engine, _held_back(engine, ids))
    assert leader.due.due_at is not None
    assert 62 <= (leader.due.due_at - engine.clock()).total_seconds() < 65
    assert {other.due.due_at for other in others} == {leader.due.due_at + FALLBACK}
    assert {row.next_retry_at for row in (leader, *others)} == {leader.due.due_at.replace(microsecond=0)}
    assert {(row.status, row.retry_count, len(row.attempts)) for row in (leader, *others)} == {
        (NotificationStatus.PENDING, 0, 0)
    }


def test_a_single_one_beyond_the_limit_is_sent_by_itself_a_minute_later(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 1)
    _follow_nudges(engine)
    row = engine.row(ids[-1])
    assert (row.status, row.outcome, row.folded_into) == (NotificationStatus.SENT, "delivered", None)
    assert _sends(engine) == ids
    assert not row.is_flooded


@pytest.mark.parametrize(
    "changes",
    [
        {"type": NotificationType.EXPIRATION_WARNING},
        {"channel_id": "slack-default", "channel": "Slack"},
        {"recipient": "ada@example.com"},
    ],
    ids=["types", "channels", "recipients"],
)
def test_kinds_do_not_mix(engine: Engine, changes: dict[str, Any]) -> None:
    one, other = _flood(engine, _LIMIT + 4), _flood(engine, _LIMIT + 3, **changes)
    _follow_nudges(engine)
    assert list(_folds(engine, one).values()) == [4]
    assert list(_folds(engine, other).values()) == [3]
    assert len(engine.provider.sends) == 2 * _LIMIT + 2


def test_alerts_of_several_teams_make_one_fold_that_is_no_team_s(engine: Engine) -> None:
    """A hundred teams with an alert each would flood a channel that they share."""
    ids = [_queued(engine, 1, team_id=f"t-{n}")[0] for n in range(_LIMIT + 4)]
    process = engine.delivery
    for row_id in ids:
        process.deliver(row_id)
    _follow_nudges(engine)
    (fold,) = _folds(engine, ids)
    assert engine.row(fold).team_id is None


def test_resolves_and_what_a_person_queued_again_are_always_sent(engine: Engine) -> None:
    engine.flood_limit = 1
    engine.provider.script = [NOT_FOUND] * 3
    dead = [_flood(engine, 1)[0] for _ in range(3)]
    for row_id in dead:
        engine.requeueing.requeue(ADMIN, row_id)
    resolves = _flood(engine, 3, action=Action.RESOLVE)
    process = engine.delivery
    for row_id in dead:
        process.deliver(row_id)
    assert {row.status for row in _rows(engine, dead + resolves)} == {NotificationStatus.SENT}


def test_a_retry_is_not_counted_again(engine: Engine) -> None:
    engine.provider.outcome = FAILED
    ids = _flood(engine, _LIMIT)
    engine.nudges.clear()
    engine.provider.outcome = DELIVERED
    engine.advance(50)
    more = _flood(engine, 1)
    engine.advance(11)
    process = engine.delivery
    for row_id in ids + more:
        process.deliver(row_id)
    assert [row.is_flooded for row in _rows(engine, ids)] == [False] * _LIMIT
    assert _sends(engine)[-_LIMIT - 1 :].count(more[0]) <= 1


def test_a_lone_alert_costs_no_more_than_without_flood_control(engine: Engine) -> None:
    ids = _queued(engine, 2)
    units = []
    for row_id, limit in zip(ids, [None, 30], strict=True):
        engine.flood_limit = limit
        with metered(engine.database.client) as meter:
            engine.deliver(row_id)
        units.append(meter.units)
    assert units[0] == units[1]


def test_a_folded_alert_costs_8_units_after_its_creation_with_its_part_of_the_fold(engine: Engine) -> None:
    process = engine.delivery
    for row_id in _queued(engine, _LIMIT):
        process.deliver(row_id)
    ids = _queued(engine, 20)
    with metered(engine.database.client) as meter:
        for row_id in ids:
            process.deliver(row_id)
        _follow_nudges(engine)
    assert list(_folds(engine, ids).values()) == [20]
    assert meter.units / 20 <= 8


def test_a_fold_that_fails_is_tried_again_like_every_row(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 2)
    engine.provider.script = [FAILED]
    _follow_nudges(engine)
    (fold,) = _rows(engine, list(_folds(engine, ids)))
    assert (fold.status, fold.retry_count) == (NotificationStatus.SENT, 1)
    assert [attempt.outcome for attempt in fold.attempts] == ["retryable", "delivered"]


def test_a_fold_that_dies_is_dead_and_is_what_can_be_requeued(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 2)
    engine.provider.script = [NOT_FOUND]
    _follow_nudges(engine)
    (fold,) = _folds(engine, ids)
    assert engine.row(fold).status is NotificationStatus.DEAD
    assert engine.dead_letter_queue.ids == [fold]
    with pytest.raises(Conflict, match=f"folded into {fold}: requeue that one"):
        engine.requeueing.requeue(ADMIN, ids[-1])
    engine.requeueing.requeue(ADMIN, fold)
    engine.deliver(fold)
    assert engine.row(fold).status is NotificationStatus.SENT
    assert not engine.row(fold).is_flooded


def test_folds_are_not_counted(engine: Engine) -> None:
    engine.flood_limit = 1
    others = [_flood(engine, 4, recipient="ada@example.com") for _ in range(3)]
    _follow_nudges(engine)
    assert [row.is_flooded for ids in others for row in _rows(engine, ids)].count(True) == 0
    for ids in others:
        folds = _folds(engine, ids)
        assert [engine.row(fold).status for fold in folds] == [NotificationStatus.SENT] * len(folds)


def test_without_its_nudge_the_sweep_folds(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 6)
    engine.nudges.clear()
    engine.advance(70)
    engine.sweep()
    engine.sweep()
    assert list(_folds(engine, ids).values()) == [6]
    assert len(engine.provider.sends) == _LIMIT + 1


def test_where_the_leader_was_taken_the_others_fold_by_themselves(engine: Engine) -> None:
    """Its worker died before the row was held back, say."""
    ids = _flood(engine, _LIMIT + 12)
    leader, *others = _held_back(engine, ids)
    engine.store.claim(leader, engine.clock() + FALLBACK, FALLBACK * 9)
    engine.nudges.clear()
    engine.advance(70)
    engine.sweep()
    assert _folds(engine, ids) == {}
    engine.advance(FALLBACK.total_seconds())
    engine.sweep()
    _follow_nudges(engine)
    assert {row.status for row in _rows(engine, others)} == {NotificationStatus.SENT}
    assert len(engine.provider.sends) <= _LIMIT + 4


@pytest.mark.parametrize("is_done_first", [False, True], ids=["before", "after"])
def test_a_crash_around_the_transaction_loses_nothing(engine: Engine, is_done_first: bool) -> None:
    ids = _flood(engine, _LIMIT + 6)
    (leader,) = [nudge.id for nudge, _ in engine.nudges]
    engine.advance(70)
    _crash_in(engine, lambda: engine.deliver(leader), is_done_first=is_done_first)
    assert sum(_folds(engine, ids).values()) == (6 if is_done_first else 0)
    engine.nudges.clear()
    engine.advance(61)
    engine.sweep()
    engine.sweep()
    assert list(_folds(engine, ids).values()) == [6]
    assert Counter(_sends(engine)) == dict.fromkeys([*ids[:_LIMIT], *_folds(engine, ids)], 1)
    assert engine.row(leader).retry_count == (0 if is_done_first else 1)


def _crash_in(engine: Engine, act: Callable[[], None], *, is_done_first: bool) -> None:
    client = engine.database.client
    real = client.transact_write_items

    def crash(**request: Any) -> Any:
        if is_done_first:
            real(**request)
        raise Crash

    client.transact_write_items = crash
    try:
        with pytest.raises(Crash):
            act()
    finally:
        client.transact_write_items = real


def test_a_lost_answer_of_the_transaction_folds_once(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 6)
    with answers_lost(engine.database.client, "transact_write_items"):
        _follow_nudges(engine)
    folds = _folds(engine, ids)
    assert list(folds.values()) == [6]
    assert _sends(engine) == [*ids[:_LIMIT], *folds]


def test_a_database_that_is_down_leaves_the_fold_to_the_sweep(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 6)
    with (
        refusals(engine.database.client, "TransactWriteItems", "ThrottlingException", 5),
        pytest.raises(Unavailable),
    ):
        _follow_nudges(engine)
    engine.advance(61)
    engine.sweep()
    engine.sweep()
    assert list(_folds(engine, ids).values()) == [6]


def test_a_row_that_was_taken_meanwhile_is_left_out(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 6)
    taken = ids[-1]
    _before_transaction(engine, lambda: engine.store.claim(taken, engine.clock() + FALLBACK, FALLBACK))
    _follow_nudges(engine)
    assert list(_folds(engine, ids).values()) == [5]
    assert engine.row(taken).is_flooded
    engine.advance(FALLBACK.total_seconds() * 3)
    engine.sweep()
    assert engine.row(taken).outcome == "delivered"


def test_a_folder_that_was_overtaken_changes_nothing(engine: Engine) -> None:
    """It stalls between its look and its write; its lease and its lock run out, another folds."""
    ids = _flood(engine, _LIMIT + 6)
    (leader,) = [nudge.id for nudge, _ in engine.nudges]
    engine.nudges.clear()
    engine.advance(70)

    def overtake() -> None:
        engine.advance(61)
        engine.deliver(leader)

    _before_transaction(engine, overtake)
    engine.deliver(leader)
    assert list(_folds(engine, ids).values()) == [6]


def _before_transaction(engine: Engine, act: Callable[[], Any]) -> None:
    """Once."""
    client = engine.database.client
    real = client.transact_write_items

    def call(**request: Any) -> Any:
        client.transact_write_items = real
        act()
        return real(**request)

    client.transact_write_items = call


def test_a_second_folder_of_a_kind_waits_for_the_first(engine: Engine) -> None:
    first, second = _flood(engine, _LIMIT + 4), _flood(engine, 4)
    leaders = [nudge.id for nudge, _ in engine.nudges]
    assert len(leaders) == 2
    engine.nudges.clear()
    engine.advance(70)
    _before_transaction(engine, lambda: engine.deliver(leaders[1]))
    engine.deliver(leaders[0])
    assert sum(_folds(engine, first + second).values()) == 7
    assert engine.row(leaders[1]).is_flooded or engine.row(leaders[1]).folded_into
    _follow_nudges(engine)
    assert {row.status for row in _rows(engine, first + second)} == {NotificationStatus.SENT}


def test_a_channel_that_is_down_does_not_keep_alerts_from_being_folded(engine: Engine) -> None:
    ids = _flood(engine, _LIMIT + 6)
    engine.states.pause("webhook-default", engine.clock() + FALLBACK * 9)
    _follow_nudges(engine)
    (fold,) = _folds(engine, ids)
    assert engine.row(fold).status is NotificationStatus.PENDING
    assert len(engine.provider.sends) == _LIMIT


def test_folded_rows_are_counted_by_outcome(engine: Engine) -> None:
    _flood(engine, _LIMIT + 6)
    _follow_nudges(engine)
    assert Counter(engine.recorded) == {
        ("webhook-default", "delivered"): _LIMIT + 1,
        ("webhook-default", "folded"): 6,
    }
