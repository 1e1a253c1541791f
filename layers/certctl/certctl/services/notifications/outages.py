"""Outages of channels: alerted through another channel when they last, ended with an all-clear."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.channels.channels import ChannelState
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.errors import Conflict, DomainError, Unavailable
from certctl.domain.notifications.channel_alerts import (
    all_clear,
    channel_failing_alert,
    fallback_channel,
    is_overdue,
)
from certctl.domain.notifications.notifications import Notification
from certctl.domain.times import to_wire
from certctl.observability import logger
from certctl.store.channels.records import CachedChannels
from certctl.store.channels.states import CachedChannelStates, ChannelStateStore
from certctl.unit_of_work.notifications.events import add_channel_event
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class ChannelOutages:
    units: Units
    states: ChannelStateStore
    cached_states: CachedChannelStates
    channels: CachedChannels
    actor: Actor
    now: Callable[[], datetime]
    kinds: ChannelKinds

    def recover(self, channel_id: str, observed: ChannelState) -> bool:
        """Ends the outage `observed`, for the provider responded. Returns False if it had ended already."""
        is_ended = self._recover(channel_id, observed)
        self.cached_states.forget()
        return is_ended

    @retry_on_conflict
    def _recover(self, channel_id: str, observed: ChannelState) -> bool:
        state, now = self.states.get(channel_id), self.now()
        if state.opened_at is None or state.opened_at != observed.opened_at:
            return False
        unit = self.units.begin(self.actor, channel_id, now)
        unit.write(self.states.close_step(channel_id, state, now))
        unit.notify(*self._all_clear(channel_id, state, now))
        unit.commit()
        return True

    def reenable(self, channel_id: str, observed: ChannelState) -> None:
        """Enables a channel that was gone, because it accepted a message. Best effort."""
        now = self.now()
        before = {"disabled_at": to_wire(observed.disabled_at or now), "error": observed.error}
        unit = self.units.begin(self.actor, channel_id, now)
        unit.write(self.states.enable_step(channel_id, observed))
        add_channel_event(unit, "channel_updated", channel_id, before, {"disabled_at": None})
        unit.notify(*self._all_clear(channel_id, observed, now))
        with suppress(Conflict, Unavailable):
            unit.commit()
            self.cached_states.forget()

    def _all_clear(self, channel_id: str, state: ChannelState, now: datetime) -> list[Notification]:
        """The resolve for the channel that the alert went through; none if that is not enabled any more."""
        if state.alerted_via is None or state.alert_key is None:
            return []
        with suppress(DomainError):
            via = self.channels.find(state.alerted_via)
            if via and via.is_enabled:
                return [all_clear(channel_id, state.alert_key, via, now)]
        return []

    def alert_overdue(self) -> None:
        """Alerts for each channel whose breaker has been open for 15 minutes, once per outage. What fails is
        left to the next run."""
        now = self.now()
        overdue = {i: state for i, state in self.states.all().items() if is_overdue(state, now)}
        for channel_id, state in overdue.items():
            try:
                self._alert(channel_id, state, now)
            except (Conflict, Unavailable):
                logger.warning("an alert is left to the next run", exc_info=True)

    def _alert(self, channel_id: str, state: ChannelState, now: datetime) -> None:
        channels = {c.channel_id: c for c in self.channels.all() if c.is_enabled}
        via = fallback_channel(channel_id, list(channels.values()), self.cached_states.find, self.kinds)
        if via is None or channel_id not in channels:
            return
        alert = channel_failing_alert(channel_id, state.opened_at or now, state.error, via, now)
        unit = self.units.begin(self.actor, channel_id, now)
        unit.write(self.states.alert_step(channel_id, state, alert))
        unit.notify(alert)
        unit.commit()
        self.cached_states.forget()
