"""Channels for machines: each alert is sent by itself, however many there are."""

from collections import Counter
from datetime import timedelta

import pytest

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.due_work import Due
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.flood_control import FALLBACK, fold_of
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.notifications.engine import Engine
from tests.support.notifications.floods import flood, follow_nudges, limited, queued, rows_of, sent_ids

# together they take more than ten seconds
pytestmark = pytest.mark.slow

TO_WEBHOOK = {"channel": "Webhook", "channel_id": "webhook-default", "recipient": "webhook-default"}
MACHINES = [kind.kind for kind in CHANNEL_KINDS if kind.is_for_machines]


@pytest.fixture
def engine(engine: Engine) -> Engine:
    return limited(engine)


@pytest.mark.parametrize("kind", MACHINES)
def test_each_of_200_alerts_of_one_minute_is_sent_once_at_once_and_by_itself(
    engine: Engine, kind: str
) -> None:
    engine.channels["cmdb"] = ChannelConfig("cmdb", ChannelKind(kind), {})
    ids = flood(engine, 200, channel=kind, channel_id="cmdb", recipient="cmdb")
    assert Counter(sent_ids(engine)) == dict.fromkeys(ids, 1)
    assert {(row.outcome, row.folded_into, row.is_flooded) for row in rows_of(engine, ids)} == {
        ("delivered", None, False)
    }
    assert engine.nudges == []


def test_what_an_earlier_release_held_back_is_sent_by_itself(engine: Engine) -> None:
    moment = engine.clock() + timedelta(seconds=63)
    leader = queued(engine, 1, is_flooded=True, due=Due(due_at=moment, attempt=1), **TO_WEBHOOK)
    due_later = Due(due_at=moment + FALLBACK, attempt=1)
    others = queued(engine, 12, is_flooded=True, due=due_later, **TO_WEBHOOK)
    engine.advance(64)
    engine.deliver(leader[0])
    engine.advance(FALLBACK.total_seconds())
    engine.sweep()
    rows = rows_of(engine, [*leader, *others])
    assert Counter(sent_ids(engine)) == dict.fromkeys([*leader, *others], 1)
    assert {(row.status, row.folded_into, row.is_flooded) for row in rows} == {
        (NotificationStatus.SENT, None, False)
    }


def test_a_fold_that_an_earlier_release_made_is_still_sent(engine: Engine) -> None:
    rows = rows_of(engine, queued(engine, 3, **TO_WEBHOOK))
    fold = fold_of(rows, engine.clock())
    engine.database.write(engine.store.create_step(fold))
    engine.deliver(fold.id)
    assert engine.row(fold.id).status is NotificationStatus.SENT
    assert sent_ids(engine) == [fold.id]


def test_people_are_still_spared_while_machines_hear_everything(engine: Engine) -> None:
    to_people, to_machines = flood(engine, 40), flood(engine, 40, **TO_WEBHOOK)
    follow_nudges(engine)
    sent = sent_ids(engine)
    assert set(to_machines) <= set(sent)
    assert len(set(to_people) & set(sent)) == engine.flood_limit
