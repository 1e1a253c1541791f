"""One stack with a dead alert for each generated client."""

from collections.abc import Iterator

import pytest

from certctl.domain.ids import shard_of
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.writes import update
from tests.support.client.stack import BridgedStack, bridged
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.issuing.issuing import issuing
from tests.support.notifications.rows import a_notification


@pytest.fixture
def bridge() -> Iterator[BridgedStack]:
    with deployed(Clock()) as stack, issuing(stack) as world, bridged(world).running() as running:
        yield running


@pytest.fixture
def dead_alert(bridge: BridgedStack) -> str:
    """The id of an alert that was given up on a channel that exists."""
    deployed_stack = bridge.issuing.stack
    body = {"id": "hook", "kind": "Webhook", "settings": {"url": "certctl/blue/channels/hook"}}
    made = deployed_stack.admin("notifications_api").post("/api/v1/channels", body)
    assert made.status == 201, made.text
    return _given_up(deployed_stack)


def _given_up(stack: Deployed) -> str:
    item, store = NotificationItem, NotificationStore(stack.database)
    row = a_notification(stack.clock(), channel_id="hook")
    stack.database.write(store.create_step(row))
    end = [
        item.status.set(NotificationStatus.DEAD),
        item.dead_at.set(stack.clock()),
        item.dead_shard.set(shard_of(row.id)),
        item.due_shard.remove(),
        item.due_at.remove(),
    ]
    stack.database.write(update(NotificationItem(row.id), end, item.notification_id.exists()))
    return row.id
