"""Groups of notifications on the wire."""

from typing import TypedDict

from certctl.domain.notifications.delivery import Death
from certctl.domain.notifications.groups import GroupedNotifications, NotificationGroup
from certctl.domain.times import to_wire

ABOUT_GROUPS = (
    "The largest group first. Each is the list "
    "`?status=dead&channel=<channel_id>&dead_because=<dead_because>`, or "
    "`?state=waiting&channel=<channel_id>`. At most 500 notifications are counted, those that died or are "
    "due last; `complete` is false if there are more."
)


class NotificationGroupView(TypedDict):
    """`channel` is the kind. `dead_because` is null for those that wait. `last_error` and `latest_at`, the
    time of its creation, are those of the group's latest notification."""

    channel_id: str
    channel: str
    dead_because: Death | None
    count: int
    last_error: str | None
    latest_at: str


class GroupsView(TypedDict):
    data: list[NotificationGroupView]
    complete: bool


def groups_view(found: GroupedNotifications) -> GroupsView:
    return GroupsView(data=[_view(group) for group in found.groups], complete=found.is_complete)


def _view(group: NotificationGroup) -> NotificationGroupView:
    return NotificationGroupView(
        channel_id=group.channel_id,
        channel=group.kind,
        dead_because=group.because,
        count=group.count,
        last_error=group.latest.last_error,
        latest_at=to_wire(group.latest.created_at),
    )
