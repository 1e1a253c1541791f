"""Routes that set up, repair and test channels."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

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
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content
from certctl.domain.access.permissions import Permission
from certctl.domain.notifications.statuses import NotificationType

if TYPE_CHECKING:
    from certctl.services.channels.channels import Channel, Channels
    from certctl.services.channels.testing import ChannelTests

SampleType = Annotated[
    NotificationType,
    Query(
        description="The message is a sample of this alert, marked as a test. By default the test message."
    ),
]

_CHANNELS = "/api/v1/channels"
_ONE = f"{_CHANNELS}/<channel_id>"
_TAGS = ["channels"]


def add_channel_routes(api: Api, channels: "Callable[[], Channels]", now: Callable[[], datetime]) -> None:
    """Channels belong to the whole stack: every reader sees all."""

    @api.get(_CHANNELS, Permission.CHANNELS_READ, summary="List channels by id", tags=_TAGS)
    def list_channels(per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None) -> PageView[ChannelView]:
        position = decode_cursor(cursor, "after")
        page = channels().page(position["after"] if position else None, per_page)
        views = [channel_view(channel, now()) for channel in page.channels]
        return page_view(views, {"after": page.next_after} if page.next_after else None, per_page, page.total)

    @api.post(
        _CHANNELS,
        Permission.CHANNELS_WRITE,
        Replay.ANSWER,
        summary="Make a channel",
        tags=_TAGS,
        status_code=201,
    )
    def create_channel(body: NewChannelBody) -> ChannelView:
        return _shown(channels().create(api.caller, body.parsed()))

    @api.get(_ONE, Permission.CHANNELS_READ, summary="Read a channel", tags=_TAGS)
    def get_channel(channel_id: str) -> ChannelView:
        return _shown(channels().get(channel_id))

    @api.put(_ONE, Permission.CHANNELS_WRITE, summary="Change or repair a channel", tags=_TAGS)
    def edit_channel(channel_id: str, body: ChannelEditBody) -> ChannelView:
        edit = body.parsed(expected_revision(api.call.headers))
        return _shown(channels().edit(api.caller, channel_id, edit))

    @api.delete(_ONE, Permission.CHANNELS_WRITE, summary="Delete a channel", tags=_TAGS, status_code=204)
    def delete_channel(channel_id: str) -> Response[None]:
        channels().delete(api.caller, channel_id)
        return no_content()

    @api.get(
        "/api/v1/channel-kinds", Permission.CHANNELS_READ, summary="List the kinds of channel", tags=_TAGS
    )
    def list_channel_kinds() -> ChannelKindsView:
        return channel_kinds_view(channels().kinds())

    def _shown(channel: "Channel") -> ChannelView:
        """A channel of the deployment has no revision."""
        view = channel_view(channel, now())
        return api.at_revision(channel.record.revision, view) if channel.record else view


def add_channel_test_routes(api: Api, tests: "Callable[[], ChannelTests]") -> None:
    """Operators of a channel's team may test it, and of a channel without a team all."""

    @api.post(f"{_ONE}/test", Permission.CHANNELS_TEST, summary="Send a test message", tags=_TAGS)
    def test_channel(channel_id: str, type: SampleType = NotificationType.TEST) -> ChannelTestView:
        return channel_test_view(tests().run(api.caller, channel_id, type))
