"""Tools that read notifications and channels."""

from dataclasses import dataclass

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import NotificationStatus, NotificationType
from certctl_client.commands.options import given
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Channel, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.marking import fresh_marking
from certctl_client.mcp.models import Attention, ChannelPage, Notification, NotificationPage
from certctl_client.mcp.pages import page_of


@dataclass(frozen=True)
class ReadingAlerts:
    stack: Stack

    def needs_attention(self) -> Attention:
        """What needs a person now, the most urgent first: certificates that have expired or expire within 72
        hours, stuck renewals, jobs that await a CSR or an approval, channels that do not deliver, dead
        letters, offline agents, late CRLs, violations that block renewals."""
        marking = fresh_marking()
        return presenting.attention(marking, self.stack.insights.attention())

    def list_notifications(
        self,
        status: NotificationStatus | None = None,
        notification_type: NotificationType | None = None,
        channel: Channel = None,
        certificate_id: OptionalId = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> NotificationPage:
        """Alerts, newest first, a page at a time. `failed` ones are retried, `dead` ones are given up."""
        filters = given(status=status, type=notification_type, channel=channel, certificate_id=certificate_id)
        page = page_of(self.stack.api, operations.LIST_NOTIFICATIONS, filters, limit, cursor)
        marking = fresh_marking()
        return NotificationPage(
            notice=marking.notice,
            notifications=[presenting.listed_notification(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
        )

    def list_dead_letters(
        self,
        channel: Channel = None,
        notification_type: NotificationType | None = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> NotificationPage:
        """Alerts that were given up after their last attempt, with the last error of each, newest first."""
        return self.list_notifications("dead", notification_type, channel, None, limit, cursor)

    def get_notification(self, notification_id: Id) -> Notification:
        """One alert with its last ten attempts: when, outcome, status, duration, error."""
        record, marking = self.stack.notifications.get(notification_id), fresh_marking()
        return Notification(notice=marking.notice, notification=presenting.notification(marking, record))

    def list_channels(self, limit: Limit = PAGE, cursor: Cursor = None) -> ChannelPage:
        """Channels of alerts, by id, with the state of each circuit breaker and its last error."""
        page = page_of(self.stack.api, operations.LIST_CHANNELS, {}, limit, cursor)
        marking = fresh_marking()
        return ChannelPage(
            notice=marking.notice,
            channels=[presenting.channel(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
        )
