"""Bad times of channels: told through another channel where they last, ended with an all-clear."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.channels.channels import CachedChannels, ChannelState
from certctl.domain.channels.failure_alerts import (
    all_clear,
    channel_failing_alert,
    fallback_channel,
    is_overdue,
)
from certctl.domain.due_work import Nudge
from certctl.domain.errors import Conflict, DomainError, Unavailable
from certctl.domain.notifications.notifications import Notification
from certctl.domain.times import to_wire
from certctl.observability import logger
from certctl.store.channels.states import CachedChannelStates, ChannelStateStore
from certctl.store.database import Database
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.writes import Write
from certctl.unit_of_work.notifications.events import NotificationEvents
from certctl.unit_of_work.optimistic import decided_afresh


class ChannelEpisodes:
    """`nudge` takes seconds and is best effort."""

    def __init__(
        self,
        database: Database,
        notifications: NotificationStore,
        events: NotificationEvents,
        states: ChannelStateStore,
        cached_states: CachedChannelStates,
        book: CachedChannels,
        nudge: Callable[[Nudge, float], None],
        actor: Actor,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._notifications = notifications
        self._events = events
        self._states = states
        self._cached_states = cached_states
        self._book = book
        self._nudge = nudge
        self._actor = actor
        self._now = now

    def close(self, channel_id: str, observed: ChannelState) -> bool:
        """The provider answered: the outage `seen` is over. False where it was over already."""
        is_closed = decided_afresh(lambda: self._close(channel_id, observed))
        self._cached_states.forget()
        return is_closed

    def _close(self, channel_id: str, observed: ChannelState) -> bool:
        state, now = self._states.get(channel_id), self._now()
        if state.opened_at is None or state.opened_at != observed.opened_at:
            return False
        self._end(self._states.close_step(channel_id, state, now), self._all_clear(channel_id, state, now))
        return True

    def revive(self, channel_id: str, observed: ChannelState) -> None:
        """A gone channel took a message: its episode is over. Best effort."""
        now = self._now()
        before = {"disabled_at": to_wire(observed.disabled_at or now), "error": observed.error}
        audit = self._events.channel_step(
            self._actor, "channel_updated", channel_id, before, {"disabled_at": None}, now
        )
        with suppress(Conflict, Unavailable):
            self._end(
                self._states.enable_step(channel_id, observed),
                self._all_clear(channel_id, observed, now),
                audit,
            )
            self._cached_states.forget()

    def _end(self, ended: Write, notice: Notification | None, *others: Write) -> None:
        news = [self._notifications.create_step(notice)] if notice else []
        self._database.transact([ended, *others, *news])
        if notice is not None:
            self._nudge(Nudge(notice.id, notice.due.epoch), 0)

    def _all_clear(self, channel_id: str, state: ChannelState, now: datetime) -> Notification | None:
        """Through the channel that the alarm went through, where that is still there."""
        if state.alerted_via is None or state.alert_key is None:
            return None
        with suppress(DomainError):
            via = self._book.find(state.alerted_via)
            return all_clear(channel_id, state.alert_key, via, now) if via and via.is_enabled else None
        return None

    def alarm_overdue(self) -> None:
        """Tells of each channel that is open for 15 minutes, once per outage. What fails is left to the next
        run."""
        now = self._now()
        overdue = {i: state for i, state in self._states.all().items() if is_overdue(state, now)}
        for channel_id, state in overdue.items():
            try:
                self._alarm(channel_id, state, now)
            except (Conflict, Unavailable):
                logger.warning("an alarm is left to the next run", exc_info=True)

    def _alarm(self, channel_id: str, state: ChannelState, now: datetime) -> None:
        channels = {c.channel_id: c for c in self._book.all() if c.is_enabled}
        via = fallback_channel(channel_id, list(channels.values()), self._cached_states.find)
        if via is None or channel_id not in channels:
            return
        alarm = channel_failing_alert(channel_id, state.opened_at or now, state.error, via, now)
        self._database.transact(
            [
                self._states.alert_step(channel_id, state, alarm),
                self._notifications.create_step(alarm),
            ]
        )
        self._cached_states.forget()
        self._nudge(Nudge(alarm.id, alarm.due.epoch), 0)
