"""Floods: alerts within the limit are sent, the rest are folded, and the fold reports them."""

from collections import Counter
from typing import Any

import pytest

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.due_work import Due
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.flood_control import FALLBACK, MAX_FOLDED
from certctl.domain.notifications.requests import NotificationFilter
from certctl.domain.notifications.statuses import Action, NotificationStatus, NotificationType
from certctl.domain.sorting import CreationSort
from certctl.store.notifications import folds as notification_folds
from tests.support.costs.write_units import metered
from tests.support.notifications.engine import ADMIN, FAILED, NOT_FOUND, Engine
from tests.support.notifications.floods import (
    LIMIT,
    flood,
    folds_of,
    follow_nudges,
    held_back,
    limited,
    queued,
    rows_of,
    sent_ids,
    with_more,
)

TEAMS = ChannelConfig("teams-default", ChannelKind.TEAMS, {"url": "certctl/test/channels/teams"})


@pytest.fixture
def engine(engine: Engine) -> Engine:
    return limited(engine)


def test_what_is_beyond_the_limit_is_folded_into_one_alert(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 25)
    assert sent_ids(engine) == ids[:LIMIT]
    assert [nudge.id for nudge, _ in engine.nudges] == [ids[LIMIT]]
    follow_nudges(engine)
    folds = folds_of(engine, ids)
    assert list(folds.values()) == [25]
    assert sent_ids(engine) == [*ids[:LIMIT], *folds]
    (fold,) = rows_of(engine, list(folds))
    assert (fold.status, fold.subject) == (NotificationStatus.SENT, "25 Revocation alerts")
    assert fold.message.splitlines()[1] == "- shop-5.example (serial 0005)"
    assert fold.message.splitlines()[-1].startswith("and 5 more: ")
    for row in rows_of(engine, ids[LIMIT:]):
        assert (row.status, row.outcome, row.sent_at) == (NotificationStatus.SENT, "folded", None)
        assert (row.due.due_at, row.next_retry_at, row.is_flooded) == (None, None, False)
        assert row.retry_count == 0
    # all others are folded without being claimed
    assert [row.due.attempt for row in rows_of(engine, ids[LIMIT:])] == [2] + [1] * 24


@pytest.mark.parametrize("sort", [None, CreationSort.NEWEST, CreationSort.OLDEST])
def test_the_alerts_of_a_fold_are_listed_by_its_id(engine: Engine, sort: CreationSort | None) -> None:
    ids = flood(engine, LIMIT + 25)
    follow_nudges(engine)
    ((fold_id, count),) = folds_of(engine, ids).items()
    wanted = NotificationFilter(folded_into=fold_id)
    page = engine.lists.page(ADMIN, wanted, None, 50, sort)
    assert {row.id for row in page.records} == set(ids[LIMIT:])
    assert len(page.records) == count
    assert [row.id for row in page.records] == sorted(ids[LIMIT:], reverse=sort is not CreationSort.OLDEST)


@pytest.mark.parametrize("fold_id", ["notif-1", "x", "notif-" + "z" * 26])
def test_what_is_no_id_of_a_fold_is_refused(engine: Engine, fold_id: str) -> None:
    with pytest.raises(InvalidInput, match="folded_into"):
        engine.lists.page(ADMIN, NotificationFilter(folded_into=fold_id), None, 50)


def test_more_than_90_become_several_folds_of_90_at_most(engine: Engine) -> None:
    ids = with_more(engine, flood(engine, LIMIT + 1), 99)
    follow_nudges(engine)
    folds = folds_of(engine, ids)
    assert sum(folds.values()) == 100
    assert max(folds.values()) <= MAX_FOLDED
    assert len(engine.provider.sends) == LIMIT + len(folds) == LIMIT + 2


def test_what_one_reading_does_not_show_the_next_does(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification_folds, "_PER_SHARD", 2)
    ids = with_more(engine, flood(engine, LIMIT + 1), 39)
    follow_nudges(engine)
    folds = folds_of(engine, ids)
    assert len(engine.provider.sends) == LIMIT + len(folds)
    assert sum(folds.values()) in (39, 40)  # a single remaining one waits for the sweep
    engine.advance(FALLBACK.total_seconds())
    engine.sweep()
    assert {row.status for row in rows_of(engine, ids)} == {NotificationStatus.SENT}


def test_waiting_alerts_show_when_they_will_be_sent(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 3)
    leader, *others = rows_of(engine, held_back(engine, ids))
    assert leader.due.due_at is not None
    assert 62 <= (leader.due.due_at - engine.clock()).total_seconds() < 65
    assert {other.due.due_at for other in others} == {leader.due.due_at + FALLBACK}
    assert {row.next_retry_at for row in (leader, *others)} == {leader.due.due_at.replace(microsecond=0)}
    assert {(row.status, row.retry_count, len(row.attempts)) for row in (leader, *others)} == {
        (NotificationStatus.PENDING, 0, 0)
    }


def test_a_single_alert_beyond_the_limit_is_sent_by_itself_a_minute_later(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 1)
    follow_nudges(engine)
    row = engine.row(ids[-1])
    assert (row.status, row.outcome, row.folded_into) == (NotificationStatus.SENT, "delivered", None)
    assert sent_ids(engine) == ids
    assert not row.is_flooded


@pytest.mark.parametrize(
    "changes",
    [
        {"type": NotificationType.EXPIRATION_WARNING},
        {"channel_id": TEAMS.channel_id, "channel": "Teams"},
        {"recipient": "ada@example.com"},
    ],
    ids=["types", "channels", "recipients"],
)
def test_kinds_do_not_mix(engine: Engine, changes: dict[str, Any]) -> None:
    engine.channels[TEAMS.channel_id] = TEAMS
    one, other = flood(engine, LIMIT + 4), flood(engine, LIMIT + 3, **changes)
    follow_nudges(engine)
    assert list(folds_of(engine, one).values()) == [4]
    assert list(folds_of(engine, other).values()) == [3]
    assert len(engine.provider.sends) == 2 * LIMIT + 2


def test_rows_of_one_moment_and_another_kind_are_not_folded(engine: Engine) -> None:
    ids = with_more(engine, flood(engine, LIMIT + 1), 3)
    others = with_more(engine, flood(engine, LIMIT + 1, recipient="ada@example.com"), 3)
    moment = next(row for row in rows_of(engine, ids) if row.is_flooded).due.due_at
    (stray,) = queued(engine, 1, recipient="ada@example.com", is_flooded=True, due=Due(due_at=moment))
    follow_nudges(engine)
    assert list(folds_of(engine, ids).values()) == [4]
    assert list(folds_of(engine, others).values()) == [4]
    assert engine.row(stray).is_flooded


def test_alerts_of_several_teams_make_one_fold_without_a_team(engine: Engine) -> None:
    """A hundred teams with an alert each would flood a channel that they share."""
    ids = [queued(engine, 1, team_id=f"t-{n}")[0] for n in range(LIMIT + 4)]
    process = engine.delivery
    for row_id in ids:
        process.deliver(row_id)
    follow_nudges(engine)
    (fold,) = folds_of(engine, ids)
    assert engine.row(fold).team_id is None


def test_resolves_and_what_a_person_queued_again_are_always_sent(engine: Engine) -> None:
    engine.flood_limit = 1
    engine.provider.script = [NOT_FOUND] * 3
    dead = [flood(engine, 1)[0] for _ in range(3)]
    for row_id in dead:
        engine.requeueing.requeue(ADMIN, row_id)
    resolves = flood(engine, 3, action=Action.RESOLVE)
    process = engine.delivery
    for row_id in dead:
        process.deliver(row_id)
    assert {row.status for row in rows_of(engine, dead + resolves)} == {NotificationStatus.SENT}


def test_a_retry_is_not_counted_again(engine: Engine) -> None:
    engine.provider.script = [FAILED] * 2
    ids = flood(engine, LIMIT)
    engine.advance(61)
    process = engine.delivery
    for row_id in ids:
        process.deliver(row_id)
    assert Counter(sent_ids(engine)) == dict.fromkeys(ids[:2], 2) | dict.fromkeys(ids[2:], 1)


def test_the_probe_of_an_open_channel_is_sent_whatever_the_count(engine: Engine) -> None:
    engine.breaker = BreakerPolicy(failures=LIMIT)
    engine.provider.script = [FAILED] * LIMIT
    process = engine.delivery
    *failed, probe = queued(engine, LIMIT + 1)
    for row_id in failed:
        process.deliver(row_id)
    assert engine.states.get("slack-default").state == "open"
    engine.advance(61)
    process.deliver(probe)
    assert engine.row(probe).status is NotificationStatus.SENT


def test_a_lone_alert_costs_no_more_than_without_flood_control(engine: Engine) -> None:
    never_counted = queued(engine, 1, action=Action.RESOLVE)
    units = []
    for row_id in [*never_counted, *queued(engine, 1)]:
        with metered(engine.database.client) as meter:
            engine.deliver(row_id)
        units.append(meter.units)
    assert units[0] == units[1]


def test_a_folded_alert_costs_8_units_after_its_creation_with_its_part_of_the_fold(engine: Engine) -> None:
    process = engine.delivery
    for row_id in queued(engine, LIMIT):
        process.deliver(row_id)
    ids = queued(engine, 20)
    with metered(engine.database.client) as meter:
        for row_id in ids:
            process.deliver(row_id)
        follow_nudges(engine)
    assert list(folds_of(engine, ids).values()) == [20]
    assert meter.units / 20 <= 8


def test_a_fold_that_fails_is_tried_again_like_every_row(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 2)
    engine.provider.script = [FAILED]
    follow_nudges(engine)
    (fold,) = rows_of(engine, list(folds_of(engine, ids)))
    assert (fold.status, fold.retry_count) == (NotificationStatus.SENT, 1)
    assert [attempt.outcome for attempt in fold.attempts] == ["retryable", "delivered"]


def test_a_fold_that_dies_is_dead_and_is_what_can_be_requeued(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 2)
    engine.provider.script = [NOT_FOUND]
    follow_nudges(engine)
    (fold,) = folds_of(engine, ids)
    assert engine.row(fold).status is NotificationStatus.DEAD
    assert engine.dead_letter_queue.ids == [fold]
    with pytest.raises(Conflict, match=f"folded into {fold}: requeue that one"):
        engine.requeueing.requeue(ADMIN, ids[-1])
    engine.requeueing.requeue(ADMIN, fold)
    engine.deliver(fold)
    assert engine.row(fold).status is NotificationStatus.SENT
    assert not engine.row(fold).is_flooded


def test_folds_are_not_counted(engine: Engine) -> None:
    """The fold is made in a minute that has had its alerts."""
    process = engine.delivery
    for row_id in queued(engine, LIMIT + 3):
        process.deliver(row_id)
    ((leader, _),) = engine.nudges
    engine.advance(60)
    for row_id in queued(engine, LIMIT):
        process.deliver(row_id)
    engine.advance(5)
    process.deliver(leader.id)
    (fold,) = folds_of(engine, [leader.id])
    process.deliver(fold)
    assert engine.row(fold).status is NotificationStatus.SENT


def test_a_channel_that_is_down_does_not_keep_alerts_from_being_folded(engine: Engine) -> None:
    ids = flood(engine, LIMIT + 6)
    engine.states.pause("slack-default", None, engine.clock() + FALLBACK * 9)
    follow_nudges(engine)
    (fold,) = folds_of(engine, ids)
    assert engine.row(fold).status is NotificationStatus.PENDING
    assert len(engine.provider.sends) == LIMIT


def test_folded_rows_are_counted_by_outcome(engine: Engine) -> None:
    flood(engine, LIMIT + 6)
    follow_nudges(engine)
    assert Counter(engine.recorded) == {
        ("slack-default", "delivered"): LIMIT + 1,
        ("slack-default", "folded"): 6,
    }
