"""What deliveries have found out about channels: paused by a throttle, disabled because they are gone."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from certctl.domain.channels import WORKING, ChannelState
from certctl.domain.errors import Conflict
from certctl.store.database import ConditionFailed, Database
from certctl.store.items_shared import ChannelStateItem
from certctl.store.keys import CHANNEL_STATE
from certctl.store.mapping import to_record
from certctl.store.steps import Step, delete, update

_PAGE = 1_000


class AlreadyDisabled(Conflict):
    """Another delivery found the channel gone before."""

    def __init__(self) -> None:
        super().__init__("The channel is disabled already.")


class ChannelStateStore:
    """One small row per channel that ever had trouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, channel_id: str) -> ChannelState:
        """Read consistently."""
        item = self._database.get(ChannelStateItem, CHANNEL_STATE, channel_id, consistent=True)
        return to_record(ChannelState, item) if item else WORKING

    def all(self) -> Mapping[str, ChannelState]:
        """By channel id, of those that ever had trouble."""
        page = self._database.query(ChannelStateItem, CHANNEL_STATE, limit=_PAGE)
        return {item.id: to_record(ChannelState, item) for item in page.items}

    def pause(self, channel_id: str, until: datetime) -> None:
        """Only ever longer."""
        paused_until = ChannelStateItem.paused_until
        longer = paused_until.does_not_exist() | (paused_until < until)
        try:
            self._database.write(update(_row(channel_id), [paused_until.set(until)], longer))
        except ConditionFailed:
            return

    def disable_step(self, channel_id: str, now: datetime, error: str) -> Step:
        """Begins an episode. Refused with AlreadyDisabled within one."""
        actions = [ChannelStateItem.disabled_at.set(now), ChannelStateItem.error.set(error)]
        enabled = ChannelStateItem.disabled_at.does_not_exist()
        return update(_row(channel_id), actions, enabled, AlreadyDisabled())

    def enable_step(self, channel_id: str, disabled_at: datetime) -> Step:
        """Ends the episode that began at `disabled_at`."""
        actions = [ChannelStateItem.disabled_at.remove(), ChannelStateItem.error.remove()]
        return update(_row(channel_id), actions, ChannelStateItem.disabled_at == disabled_at)

    def repair_step(self, channel_id: str, seen: ChannelState) -> Step:
        """All that was found out is forgotten: an administrator says that the channel works now. Refused with
        ChangedMeanwhile where the episode `seen` is over, or another has begun."""
        disabled_at = ChannelStateItem.disabled_at
        as_seen = disabled_at == seen.disabled_at if seen.disabled_at else disabled_at.does_not_exist()
        return delete(_row(channel_id), as_seen)

    def forget_step(self, channel_id: str) -> Step:
        """For a channel that begins or ends: what was found out was of another one of its name."""
        return delete(_row(channel_id))


class CachedChannelStates:
    """All states, read again after `kept`; the answer may be that old. Safe between threads."""

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

    def forget(self) -> None:
        """After a change by this very process."""
        with self._lock:
            self._read_at = None


def _row(channel_id: str) -> ChannelStateItem:
    return ChannelStateItem(CHANNEL_STATE, channel_id)
