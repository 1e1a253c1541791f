"""Tools that read notifications and channels."""

from dataclasses import dataclass

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import NotificationStatus, NotificationType
from certctl_client.commands.options import given
from certctl_client.mcp.inputs import PAGE, Channel, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.pages import page_of
from certctl_client.mcp.presenting import CHANNEL, NOTIFICATION, NOTIFICATION_LISTED
from certctl_client.mcp.results import ToolResult, page, selected


@dataclass(frozen=True)
class ReadingAlerts:
    stack: Stack

    def list_notifications(
        self,
        status: NotificationStatus | None = None,
        notification_type: NotificationType | None = None,
        channel: Channel = None,
        certificate_id: OptionalId = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Alerts, newest first: which were sent, wait, or failed. Use it for "was anybody told?", with a
        certificate_id. `failed` ones are retried, `dead` ones were given up."""
        filters = given(status=status, type=notification_type, channel=channel, certificate_id=certificate_id)
        found = page_of(self.stack.api, operations.LIST_NOTIFICATIONS, filters, limit, cursor)
        shown = [selected(record, NOTIFICATION_LISTED) for record in found.records]
        return page("notifications", shown, found.next_cursor)

    def list_dead_letters(
        self,
        channel: Channel = None,
        notification_type: NotificationType | None = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> ToolResult:
        """Alerts that were given up after their last attempt, newest first, with the last error. Find the
        cause (list_channels, get_notification) before you requeue any."""
        return self.list_notifications("dead", notification_type, channel, None, limit, cursor)

    def get_notification(self, notification_id: Id) -> ToolResult:
        """One alert with its last ten attempts: time, outcome, status, duration, error. For why a delivery
        fails."""
        return ToolResult(
            {"notification": selected(self.stack.notifications.get(notification_id), NOTIFICATION)}
        )

    def list_channels(self, limit: Limit = PAGE, cursor: Cursor = None) -> ToolResult:
        """Channels of alerts with the state of their circuit breakers (closed: it works; open: deliveries
        wait) and the last error. For "why do I get no alerts?"."""
        found = page_of(self.stack.api, operations.LIST_CHANNELS, {}, limit, cursor)
        return page("channels", [selected(record, CHANNEL) for record in found.records], found.next_cursor)
