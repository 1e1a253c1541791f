"""Notifications: list, read, mark, requeue; channels: set up, repair, test. Sends nothing itself."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response

from certctl.api.channels.schemas import (
    ChannelEditBody,
    ChannelKindsView,
    ChannelTestView,
    ChannelView,
    NewChannelBody,
    channel_kinds_view,
    channel_test_view,
    channel_view,
)
from certctl.api.idempotency import Replay
from certctl.api.list_positions import position_of, position_view
from certctl.api.notifications.routing_schemas import (
    ABOUT_MUTES,
    ABOUT_RULES,
    TAKES_EFFECT,
    MuteView,
    NewMuteBody,
    RoutingRuleBody,
    RoutingRuleView,
    mute_view,
    routing_rule_view,
)
from certctl.api.notifications.schemas import (
    ABOUT_ORDER,
    BulkRequeueBody,
    BulkRequeuedView,
    NotificationView,
    StatusView,
    bulk_requeued_view,
    notification_view,
)
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content
from certctl.compose.notifications_api import NotificationsApi
from certctl.domain.access.permissions import Permission
from certctl.domain.notifications.notifications import Notification, NotificationStatus, NotificationType
from certctl.domain.sorting import CreationSort
from certctl.observability import with_context
from certctl.services.notifications.lists import NotificationFilter

if TYPE_CHECKING:
    from certctl.services.channels.channels import Channel

services = NotificationsApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
_BASE = "/api/v1/notifications"
_ONE = f"{_BASE}/<notification_id>"
_TAGS = ["notifications"]
_CHANNELS = "/api/v1/channels"
_CHANNEL = f"{_CHANNELS}/<channel_id>"
_CHANNEL_TAGS = ["channels"]
_RULES = f"{_BASE}/routing"
_RULE = f"{_RULES}/<rule_id>"
_MUTES = f"{_BASE}/mutes"
_ROUTING_TAGS = ["routing"]


@api.get(
    _BASE, Permission.NOTIFICATIONS_READ, summary="List notifications", description=ABOUT_ORDER, tags=_TAGS
)
def list_notifications(
    status: NotificationStatus | None = None,
    type: NotificationType | None = None,  # the name on the wire
    channel: str | None = None,
    certificate_id: str | None = None,
    sort: CreationSort | None = None,
    per_page: PerPage = DEFAULT_PER_PAGE,
    cursor: Cursor = None,
) -> PageView[NotificationView]:
    wanted = NotificationFilter(status, type, channel, certificate_id)
    page = services.notification_lists.page(api.caller, wanted, position_of(cursor), per_page, sort)
    return page_view([_view(row) for row in page.records], position_view(page.next), per_page)


@api.post(f"{_BASE}/requeue", Permission.NOTIFICATIONS_WRITE, summary="Requeue many", tags=_TAGS)
def bulk_requeue(body: BulkRequeueBody) -> BulkRequeuedView:
    start = position_of(body.cursor)
    return bulk_requeued_view(services.requeueing.requeue_many(api.caller, body.parsed(), start))


@api.get(_ONE, Permission.NOTIFICATIONS_READ, summary="Read a notification", tags=_TAGS)
def get_notification(notification_id: str) -> NotificationView:
    return _view(services.notification_lists.get(api.caller, notification_id))


@api.post(f"{_ONE}/read", Permission.NOTIFICATIONS_WRITE, summary="Mark as read", tags=_TAGS)
def mark_notification_read(notification_id: str) -> StatusView:
    services.requeueing.mark_read(api.caller, notification_id)
    return StatusView(status="read")


@api.post(f"{_ONE}/requeue", Permission.NOTIFICATIONS_WRITE, summary="Requeue a notification", tags=_TAGS)
def requeue_notification(notification_id: str) -> StatusView:
    services.requeueing.requeue(api.caller, notification_id)
    return StatusView(status="requeued")


@api.get(_CHANNELS, Permission.CHANNELS_READ, summary="List channels by id", tags=_CHANNEL_TAGS)
def list_channels(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[ChannelView]:
    position = decode_cursor(cursor, "after")
    page = services.channels.page(position["after"] if position else None, per_page)
    views = [channel_view(channel, services.now()) for channel in page.channels]
    return page_view(views, {"after": page.next_after} if page.next_after else None, per_page, page.total)


@api.post(
    _CHANNELS,
    Permission.CHANNELS_WRITE,
    Replay.ANSWER,
    summary="Make a channel",
    tags=_CHANNEL_TAGS,
    status_code=201,
)
def create_channel(body: NewChannelBody) -> ChannelView:
    return _shown(services.channels.create(api.caller, body.parsed()))


@api.get(_CHANNEL, Permission.CHANNELS_READ, summary="Read a channel", tags=_CHANNEL_TAGS)
def get_channel(channel_id: str) -> ChannelView:
    return _shown(services.channels.get(channel_id))


@api.put(_CHANNEL, Permission.CHANNELS_WRITE, summary="Change or repair a channel", tags=_CHANNEL_TAGS)
def edit_channel(channel_id: str, body: ChannelEditBody) -> ChannelView:
    edit = body.parsed(expected_revision(api.call.headers))
    return _shown(services.channels.edit(api.caller, channel_id, edit))


@api.delete(
    _CHANNEL, Permission.CHANNELS_WRITE, summary="Delete a channel", tags=_CHANNEL_TAGS, status_code=204
)
def delete_channel(channel_id: str) -> Response[None]:
    services.channels.delete(api.caller, channel_id)
    return no_content()


@api.post(f"{_CHANNEL}/test", Permission.CHANNELS_TEST, summary="Send a test message", tags=_CHANNEL_TAGS)
def test_channel(channel_id: str) -> ChannelTestView:
    return channel_test_view(services.channel_tests.run(api.caller, channel_id))


@api.get(
    "/api/v1/channel-kinds", Permission.CHANNELS_READ, summary="List the kinds of channel", tags=_CHANNEL_TAGS
)
def list_channel_kinds() -> ChannelKindsView:
    return channel_kinds_view(services.channels.kinds())


@api.get(_RULES, Permission.CHANNELS_READ, summary="List routing rules by id", tags=_ROUTING_TAGS)
def list_routing_rules(
    per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
) -> PageView[RoutingRuleView]:
    position = decode_cursor(cursor, "after")
    page = services.routing_rules.page(position["after"] if position else None, per_page)
    after = {"after": page.next_after} if page.next_after else None
    return page_view([routing_rule_view(rule) for rule in page.rules], after, per_page, page.total)


@api.get(_RULE, Permission.CHANNELS_READ, summary="Read a routing rule", tags=_ROUTING_TAGS)
def get_routing_rule(rule_id: str) -> RoutingRuleView:
    rule = services.routing_rules.get(unquote(rule_id))
    return api.at_revision(rule.revision, routing_rule_view(rule))


@api.put(
    _RULE,
    Permission.CHANNELS_WRITE,
    summary="Make or replace a routing rule",
    description=ABOUT_RULES,
    tags=_ROUTING_TAGS,
)
def save_routing_rule(rule_id: str, body: RoutingRuleBody) -> RoutingRuleView:
    wanted = body.parsed(expected_revision(api.call.headers))
    saved = services.routing_rules.save(api.caller, unquote(rule_id), wanted)
    return api.at_revision(saved.revision, routing_rule_view(saved))


@api.delete(
    _RULE,
    Permission.CHANNELS_WRITE,
    summary="Delete a routing rule",
    description=TAKES_EFFECT,
    tags=_ROUTING_TAGS,
    status_code=204,
)
def delete_routing_rule(rule_id: str) -> Response[None]:
    services.routing_rules.delete(api.caller, unquote(rule_id))
    return no_content()


@api.get(_MUTES, Permission.NOTIFICATIONS_READ, summary="List mutes that are not over", tags=_ROUTING_TAGS)
def list_mutes(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[MuteView]:
    position, now = decode_cursor(cursor, "before"), services.now()
    page = services.mutes.page(api.caller, position["before"] if position else None, per_page)
    before = {"before": page.next_before} if page.next_before else None
    return page_view([mute_view(mute, now) for mute in page.mutes], before, per_page)


@api.post(
    _MUTES,
    Permission.NOTIFICATIONS_WRITE,
    Replay.ANSWER,
    summary="Mute a certificate or a team",
    description=ABOUT_MUTES,
    tags=_ROUTING_TAGS,
    status_code=201,
)
def create_mute(body: NewMuteBody) -> MuteView:
    return mute_view(services.mutes.create(api.caller, body.parsed()), services.now())


@api.delete(
    f"{_MUTES}/<mute_id>",
    Permission.NOTIFICATIONS_WRITE,
    summary="End a mute",
    description=TAKES_EFFECT,
    tags=_ROUTING_TAGS,
    status_code=204,
)
def end_mute(mute_id: str) -> Response[None]:
    services.mutes.end(api.caller, mute_id)
    return no_content()


def _view(row: Notification) -> NotificationView:
    return notification_view(row, services.schedule.retry.max_attempts)


def _shown(channel: "Channel") -> ChannelView:
    """A channel of the deployment has no revision."""
    view = channel_view(channel, services.now())
    return api.at_revision(channel.record.revision, view) if channel.record else view


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
