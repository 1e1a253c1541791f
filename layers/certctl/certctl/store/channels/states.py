"""What deliveries found out about channels: paused by a throttle, open after failures in a row, disabled
because the channel is gone."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from certctl.domain.channels.channels import WORKING, ChannelState
from certctl.domain.errors import Conflict
from certctl.domain.notifications.notifications import Notification
from certctl.store.channels.items import ChannelStateItem
from certctl.store.database import ConditionFailed, Database
from certctl.store.keys import CHANNEL_STATE
from certctl.store.mapping import to_record
from certctl.store.writes import Write, delete, put, update

_PAGE = 1_000


class AlreadyDisabled(Conflict):
    """Another delivery already found the channel gone."""

    def __init__(self) -> None:
        super().__init__("The channel is already disabled.")


class AlreadyAlerted(Conflict):
    """An alert about this channel was already sent."""

    def __init__(self) -> None:
        super().__init__("An alert about this channel was already raised.")


_BREAKER = (
    ChannelStateItem.opened_at,
    ChannelStateItem.probed_at,
    ChannelStateItem.probe_at,
    ChannelStateItem.probing_until,
    ChannelStateItem.prober,
)
_ALARM = (ChannelStateItem.alerted_at, ChannelStateItem.alerted_via, ChannelStateItem.alert_key)


class ChannelStateStore:
    """One small row per channel that ever failed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, channel_id: str) -> ChannelState:
        """Read consistently."""
        item = self._database.get(ChannelStateItem, CHANNEL_STATE, channel_id, consistent=True)
        return to_record(ChannelState, item) if item else WORKING

    def all(self) -> Mapping[str, ChannelState]:
        """The states by channel id, for the channels that ever failed."""
        page = self._database.query(ChannelStateItem, CHANNEL_STATE, limit=_PAGE)
        return {item.id: to_record(ChannelState, item) for item in page.items}

    def pause(self, channel_id: str, version: str | None, until: datetime) -> None:
        """A pause is only ever extended."""
        paused_until = ChannelStateItem.paused_until
        longer = paused_until.does_not_exist() | (paused_until < until)
        self._done(update(_row(channel_id), [paused_until.set(until)], _while_about(version, longer)))

    def disable_step(
        self, channel_id: str, version: str | None, now: datetime, error: str, alert: Notification | None
    ) -> Write:
        """Starts the episode of a channel that is gone, and ends that of an open breaker. Refused with
        AlreadyDisabled during the former, and if the channel has other settings than `version` now."""
        disabled = [ChannelStateItem.disabled_at.set(now), ChannelStateItem.error.set(error)]
        actions = [*disabled, *_removed(_BREAKER), *(_alerted(alert) if alert else [])]
        enabled = _while_about(version, ChannelStateItem.disabled_at.does_not_exist())
        return update(_row(channel_id), actions, enabled, AlreadyDisabled())

    def enable_step(self, channel_id: str, observed: ChannelState) -> Write:
        """Ends the episode `observed`."""
        actions = _removed([ChannelStateItem.disabled_at, ChannelStateItem.error, *_ALARM])
        return update(_row(channel_id), actions, ChannelStateItem.disabled_at == observed.disabled_at)

    def open(
        self, channel_id: str, observed: ChannelState, now: datetime, probe_at: datetime, error: str
    ) -> bool:
        """Whether this call opened the breaker: false if it is open, if the channel is gone, or if the
        breaker was closed or the channel edited since `observed`."""
        item = ChannelStateItem
        closed = item.opened_at.does_not_exist() & item.disabled_at.does_not_exist()
        actions = [
            item.opened_at.set(now),
            item.probed_at.set(now),
            item.probe_at.set(probe_at),
            item.error.set(error),
        ]
        as_observed = closed & _is(item.closed_at, observed.closed_at) & _is(item.version, observed.version)
        return self._done(update(_row(channel_id), actions, as_observed | (item.opened_at == now)))

    def take_probe(
        self, channel_id: str, observed: ChannelState, prober: str, now: datetime, until: datetime
    ) -> bool:
        """Whether the claim `prober` may probe the channel: no other has since `observed`. If it never
        reports, the next probe may start at `until`."""
        item = ChannelStateItem
        actions = [
            item.prober.set(prober),
            item.probed_at.set(now),
            item.probe_at.set(until),
            item.probing_until.set(until),
        ]
        untried = _is(item.probed_at, observed.probed_at) | (item.prober == prober)
        return self._done(update(_row(channel_id), actions, (item.opened_at == observed.opened_at) & untried))

    def fail_probe(self, channel_id: str, prober: str, probe_at: datetime, error: str) -> None:
        """Does nothing if another claim probes concurrently, or the breaker was closed."""
        item = ChannelStateItem
        actions = [item.probe_at.set(probe_at), item.error.set(error), item.probing_until.remove()]
        self._done(update(_row(channel_id), actions, item.prober == prober))

    def close_step(self, channel_id: str, observed: ChannelState, now: datetime) -> Write:
        """Ends the outage `observed`, with the alert that `observed` records."""
        item = ChannelStateItem
        actions = [item.closed_at.set(now), *_removed([item.error, *_BREAKER, *_ALARM])]
        as_observed = (item.opened_at == observed.opened_at) & _is(item.alert_key, observed.alert_key)
        return update(_row(channel_id), actions, as_observed)

    def alert_step(self, channel_id: str, observed: ChannelState, alert: Notification) -> Write:
        """Once per outage. Refused with AlreadyAlerted, also if the outage is over."""
        item = ChannelStateItem
        unalerted = (item.opened_at == observed.opened_at) & item.alert_key.does_not_exist()
        return update(_row(channel_id), _alerted(alert), unalerted, AlreadyAlerted())

    def alert_dead_step(self, channel_id: str, now: datetime, every: timedelta) -> Write:
        """Records an alert about dead rows, at most one in that time. Refused with AlreadyAlerted."""
        alerted_at = ChannelStateItem.dead_alerted_at
        unalerted = alerted_at.does_not_exist() | (alerted_at <= now - every)
        return update(_row(channel_id), [alerted_at.set(now)], unalerted, AlreadyAlerted())

    def _done(self, step: Write) -> bool:
        try:
            self._database.write(step)
        except ConditionFailed:
            return False
        return True

    def repair_step(self, channel_id: str, observed: ChannelState, version: str, now: datetime) -> Write:
        """Resets the state for the settings `version`: an administrator reports that the channel works now.
        Refused with ChangedMeanwhile if the episode `observed` is over, another has begun, or an alert was
        sent."""
        item = ChannelStateItem
        as_observed = _is(item.disabled_at, observed.disabled_at) & _is(item.alert_key, observed.alert_key)
        return put(_edited(channel_id, version, now), as_observed)

    def begin_step(self, channel_id: str, version: str, now: datetime) -> Write:
        """The state of a new channel: an earlier one of the same name may have left another."""
        return put(_edited(channel_id, version, now))

    def forget_step(self, channel_id: str) -> Write:
        """Deletes the state with its channel."""
        return delete(_row(channel_id))


class CachedChannelStates:
    """All states, refreshed after `kept`; a result may be that old. Thread-safe."""

    def __init__(
        self,
        store: ChannelStateStore,
        now: Callable[[], datetime],
        kept: timedelta = timedelta(seconds=5),
    ) -> None:
        self._store = store
        self._now = now
        self._kept = kept
        self._lock = threading.Lock()
        self._read_at: datetime | None = None
        self._states: Mapping[str, ChannelState] = {}

    def find(self, channel_id: str) -> ChannelState:
        with self._lock:
            now = self._now()
            if self._read_at is None or now - self._read_at > self._kept:
                self._states = self._store.all()
                self._read_at = now
            return self._states.get(channel_id, WORKING)

    def find_now(self, channel_id: str) -> ChannelState:
        """Read consistently, and cached as long as the others."""
        state = self._store.get(channel_id)
        with self._lock:
            self._states = {**self._states, channel_id: state}
        return state

    def forget(self) -> None:
        """After a change by this process."""
        with self._lock:
            self._read_at = None


def _row(channel_id: str) -> ChannelStateItem:
    return ChannelStateItem(CHANNEL_STATE, channel_id)


def _edited(channel_id: str, version: str, now: datetime) -> ChannelStateItem:
    return ChannelStateItem(CHANNEL_STATE, channel_id, version=version, edited_at=now)


def _while_about(version: str | None, condition: Condition) -> Condition:
    """Adds what `ChannelState.is_about` says."""
    if version is None:
        return condition
    stored = ChannelStateItem.version
    both: Condition = condition & (stored.does_not_exist() | (stored == version))
    return both


def _is(attribute: Attribute[Any], value: Any) -> Condition:
    return attribute.does_not_exist() if value is None else attribute == value


def _removed(attributes: Sequence[Attribute[Any]]) -> list[Action]:
    return [attribute.remove() for attribute in attributes]


def _alerted(alert: Notification) -> list[Action]:
    return [
        ChannelStateItem.alerted_at.set(alert.created_at),
        ChannelStateItem.alerted_via.set(alert.channel_id),
        ChannelStateItem.alert_key.set(alert.dedup_key),
    ]
