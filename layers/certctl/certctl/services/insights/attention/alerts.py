"""Channels that hold alerts up, and alerts that were given up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.channels.channels import WORKING, ChannelConfig, ChannelState
from certctl.domain.insights.attention import (
    MOST_SHOWN,
    AttentionItem,
    AttentionKind,
    AttentionLine,
)
from certctl.domain.notifications.notifications import Notification
from certctl.services.insights.attention.census import (
    MOST_READ,
    Census,
    counted,
    filtered,
    rows_of,
)
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.channels.states import ChannelStateStore
from certctl.store.insights.counters import CounterStore
from certctl.store.insights.figures import NotificationFigures
from certctl.store.notifications.lists import NotificationIndexes
from certctl.store.paging import in_parallel

_READ = Permission.NOTIFICATIONS_READ
_NO_CHANNEL = AttentionLine(AttentionKind.NO_CHANNEL, Urgency.WARNING, 1, ())


@dataclass(frozen=True)
class AlertAttention:
    """`configured` are the channels of the deployment."""

    configured: Sequence[ChannelConfig]
    records: ChannelRecordStore
    states: ChannelStateStore
    figures: NotificationFigures
    indexes: NotificationIndexes
    counters: CounterStore

    def channels(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """Channels that are gone, whose breaker is not closed, or that were disabled while alerts wait; or
        that there is no channel to reach anybody. What waits is read only if a channel may be down."""
        records, states = in_parallel(self.records.all, self.states.all)
        channels = {r.id: r.config for r in records} | {c.channel_id: c for c in self.configured}
        suspects = [c for c in channels.values() if _may_be_down(c, states.get(c.channel_id, WORKING))]
        waiting = self.figures.waiting_by_channel() if suspects else {}
        down = self._down(caller, channels, states, waiting)
        has_channel = any(channel.is_enabled for channel in channels.values())
        return down if has_channel else [*down, _NO_CHANNEL]

    def _down(
        self,
        caller: Principal,
        channels: Mapping[str, ChannelConfig],
        states: Mapping[str, ChannelState],
        waiting: Mapping[str, Sequence[str]],
    ) -> list[AttentionLine]:
        down = [
            channel
            for channel in channels.values()
            if _is_down(channel, states.get(channel.channel_id, WORKING), waiting)
        ]
        if not down:
            return []
        held = self._held(caller, {c.channel_id: waiting.get(c.channel_id, ()) for c in down})
        items = [_channel_item(c, states.get(c.channel_id, WORKING), held[c.channel_id]) for c in down]
        items.sort(key=lambda item: -(item.count or 0))
        since = min((item.at for item in items if item.at is not None), default=None)
        kind, urgency = AttentionKind.CHANNELS_DOWN, Urgency.CRITICAL
        return [AttentionLine(kind, urgency, len(down), tuple(items[:MOST_SHOWN]), since)]

    def dead_letters(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """The newest are the worst: something has just been given up. If the counter has none, no row is
        read."""
        count = self.counters.dead()
        if count == 0:
            return []
        census = self._all_dead(count) if caller.team_filter(_READ) is None else self._dead_of(caller, now)
        if census.count == 0:
            return []
        since = census.last.dead_at if census.last else None
        worst = tuple(map(_letter_item, census.first))
        kind, urgency = AttentionKind.DEAD_LETTERS, Urgency.CRITICAL
        return [AttentionLine(kind, urgency, census.count, worst, since, census.is_complete)]

    def _all_dead(self, count: int) -> Census[Notification]:
        """The number is the counter's, so that it is exact. The last one is known if the rows were read to
        their end."""
        census = counted(rows_of(self.indexes.dead()), self.indexes.load)
        return replace(
            census, count=count, last=census.last if census.is_complete else None, is_complete=True
        )

    def _dead_of(self, caller: Principal, now: datetime) -> Census[Notification]:
        def matches(row: Notification) -> bool:
            return row.is_kept(now) and caller.reaches_team(_READ, row.team_id)

        return filtered(rows_of(self.indexes.dead()), self.indexes.load, matches)

    def _held(self, caller: Principal, waiting: Mapping[str, Sequence[str]]) -> Mapping[str, int]:
        """How many alerts within the caller's reach wait for each channel."""
        if caller.team_filter(_READ) is None:
            return {channel_id: len(ids) for channel_id, ids in waiting.items()}
        ids = [each for some in waiting.values() for each in some][:MOST_READ]
        rows = self.indexes.load(ids).values()
        return Counter(row.channel_id for row in rows if caller.reaches_team(_READ, row.team_id))


def _may_be_down(channel: ChannelConfig, state: ChannelState) -> bool:
    return state.state != "closed" or not channel.is_enabled


def _is_down(channel: ChannelConfig, state: ChannelState, waiting: Mapping[str, Sequence[str]]) -> bool:
    return state.state != "closed" or (not channel.is_enabled and channel.channel_id in waiting)


def _channel_item(channel: ChannelConfig, state: ChannelState, held: int) -> AttentionItem:
    since = None if state.state == "closed" else state.since
    return AttentionItem(channel.channel_id, channel.channel_id, since, _word(state), state.error, count=held)


def _word(state: ChannelState) -> str:
    if state.disabled_at is not None:
        return "gone"
    return "disabled" if state.state == "closed" else state.state


def _letter_item(row: Notification) -> AttentionItem:
    return AttentionItem(
        row.id, row.subject, row.dead_at, row.channel_id, row.last_error or "", row.certificate_id
    )
