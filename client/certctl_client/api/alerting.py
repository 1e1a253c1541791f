"""Typed methods for channels, routing rules and mutes, like those of `resources`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certctl_client.api import operations
from certctl_client.api.schema import (
    ChannelEditBody,
    ChannelKindView,
    ChannelTestView,
    ChannelView,
    DigestPreviewView,
    ListChannelsQuery,
    ListMutesQuery,
    ListRoutingRulesQuery,
    MuteView,
    NewChannelBody,
    NewMuteBody,
    NotificationType,
    PreviewDigestQuery,
    RoutingPreviewBody,
    RoutingPreviewView,
    RoutingRuleBody,
    RoutingRuleView,
    TestChannelQuery,
)

if TYPE_CHECKING:
    from certctl_client.api.transport import Api


@dataclass(frozen=True)
class Channels:
    api: "Api"

    def all(self, page: ListChannelsQuery) -> Iterator[ChannelView]:
        """Lists channels by id."""
        return self.api.listed(operations.LIST_CHANNELS, query=page)

    def kinds(self) -> list[ChannelKindView]:
        """Lists the kinds that the stack knows, with their settings."""
        return self.api.call(operations.LIST_CHANNEL_KINDS)["data"]

    def get(self, channel_id: str) -> ChannelView:
        return self.api.call(operations.GET_CHANNEL, channel_id)

    def create(self, body: NewChannelBody, idempotency_key: str) -> ChannelView:
        return self.api.call(operations.CREATE_CHANNEL, body=body, idempotency_key=idempotency_key)

    def edit(self, channel_id: str, body: ChannelEditBody) -> ChannelView:
        """Replaces the channel. Raises RequestFailed (409) if `body` has another version."""
        return self.api.call(operations.EDIT_CHANNEL, channel_id, body=body)

    def delete(self, channel_id: str) -> None:
        """Raises RequestFailed (409) if a routing rule names it."""
        self.api.call(operations.DELETE_CHANNEL, channel_id)

    def test(self, channel_id: str, type_: NotificationType = "Test") -> ChannelTestView:
        """Sends a real message: the test message, or a sample of an alert."""
        query: TestChannelQuery = {} if type_ == "Test" else {"type": type_}
        return self.api.call(operations.TEST_CHANNEL, channel_id, query=query)


@dataclass(frozen=True)
class Routing:
    api: "Api"

    def all(self, page: ListRoutingRulesQuery) -> Iterator[RoutingRuleView]:
        """Lists rules by id: `stack`, `team:<team id>` or `owner:<owner id>`."""
        return self.api.listed(operations.LIST_ROUTING_RULES, query=page)

    def get(self, rule_id: str) -> RoutingRuleView:
        return self.api.call(operations.GET_ROUTING_RULE, rule_id)

    def save(self, rule_id: str, body: RoutingRuleBody) -> RoutingRuleView:
        """Creates or replaces a rule. Raises RequestFailed (409) if `body` has another version; 0 means
        that there is no rule yet."""
        return self.api.call(operations.SAVE_ROUTING_RULE, rule_id, body=body)

    def delete(self, rule_id: str) -> None:
        self.api.call(operations.DELETE_ROUTING_RULE, rule_id)

    def preview(self, alert: RoutingPreviewBody) -> RoutingPreviewView:
        """Reports where an alert would go. It sends nothing."""
        return self.api.call(operations.PREVIEW_ROUTING, body=alert)


@dataclass(frozen=True)
class Digests:
    api: "Api"

    def preview(self, of: PreviewDigestQuery) -> DigestPreviewView:
        """The weekly digest of an owner or a team as it would be now. It sends nothing."""
        return self.api.call(operations.PREVIEW_DIGEST, query=of)


@dataclass(frozen=True)
class Mutes:
    api: "Api"

    def all(self, page: ListMutesQuery) -> Iterator[MuteView]:
        """Lists mutes that have not ended, newest first."""
        return self.api.listed(operations.LIST_MUTES, query=page)

    def create(self, body: NewMuteBody, idempotency_key: str) -> MuteView:
        return self.api.call(operations.CREATE_MUTE, body=body, idempotency_key=idempotency_key)

    def end(self, mute_id: str) -> None:
        self.api.call(operations.END_MUTE, mute_id)
