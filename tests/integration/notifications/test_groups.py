"""Dead and waiting notifications by channel and cause: each count is the length of its list."""

from dataclasses import replace

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.notifications.delivery import Death
from certctl.domain.notifications.groups import GroupedState
from certctl.domain.notifications.requests import NotificationFilter
from certctl.domain.notifications.statuses import DeliveryState
from certctl.services.notifications.lists import NotificationGroups
from certctl.store.notifications.lists import NotificationIndexes
from tests.support.notifications.engine import ADMIN, NOT_FOUND, Engine

_MAX_ATTEMPTS = 5


def groups_of(engine: Engine) -> NotificationGroups:
    return NotificationGroups(NotificationIndexes(engine.database), engine.clock, _MAX_ATTEMPTS)


def listed(engine: Engine, caller: Principal, wanted: NotificationFilter) -> int:
    return len(engine.lists.page(caller, wanted, None, 50).records)


def test_a_group_counts_what_its_list_has(engine: Engine) -> None:
    engine.provider.outcome = NOT_FOUND
    for _ in range(3):
        engine.deliver(engine.queued())
    found = groups_of(engine).of(ADMIN, GroupedState.DEAD)
    (group,) = found.groups
    assert (group.because, group.count, found.is_complete) == (Death.REFUSED, 3, True)
    wanted = NotificationFilter(channel=group.channel_id, dead_because=Death.REFUSED)
    assert listed(engine, ADMIN, wanted) == 3
    assert listed(engine, ADMIN, replace(wanted, dead_because=Death.EXPIRED)) == 0


def test_those_that_wait_are_counted_by_channel(engine: Engine) -> None:
    engine.queued()
    engine.queued(channel="Slack", channel_id="slack-default")
    engine.queued(channel="Slack", channel_id="slack-default")
    found = groups_of(engine).of(ADMIN, GroupedState.WAITING)
    assert (found.groups[0].channel_id, found.groups[0].count) == ("slack-default", 2)
    wanted = NotificationFilter(channel="slack-default", state=DeliveryState.WAITING)
    assert listed(engine, ADMIN, wanted) == 2


def test_a_caller_sees_the_counts_of_their_teams(engine: Engine) -> None:
    engine.queued()
    viewer = Principal("key-viewer", Role.VIEWER, ("t-none",))
    assert groups_of(engine).of(viewer, GroupedState.WAITING).groups == []


def test_a_list_can_be_limited_to_what_nobody_has_read(engine: Engine) -> None:
    read, _ = engine.queued(), engine.queued()
    engine.requeueing.mark_read(ADMIN, read)
    assert listed(engine, ADMIN, NotificationFilter(is_read=True)) == 1
    assert listed(engine, ADMIN, NotificationFilter(is_read=False)) == 1
