"""The turns of a notification that are transactions: dead, skipped, and what a gone channel entails."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from certctl.domain.audit import Actor
from certctl.domain.channels import ChannelBook, ChannelConfig, ChannelState
from certctl.domain.deliveries import Attempted, Dead, Sent
from certctl.domain.due_work import Due, Nudge
from certctl.domain.errors import Conflict, DomainError, Unavailable
from certctl.domain.ids import new_id
from certctl.domain.notifications import (
    Action,
    Notification,
    NotificationStatus,
    NotificationType,
    Severity,
)
from certctl.domain.timestamps import to_wire
from certctl.observability import logger
from certctl.store.channels import AlreadyDisabled, CachedChannelStates, ChannelStateStore
from certctl.store.database import Database
from certctl.store.notification_events import NotificationEvents
from certctl.store.notifications import NotificationStore
from certctl.store.steps import Step


class NotificationEndings:
    """`publish_dead` sends a row's dead-letter message; `nudge` takes seconds. Both may fail: the sweep
    repeats the one, the due index finds what the other lost."""

    def __init__(
        self,
        database: Database,
        notifications: NotificationStore,
        events: NotificationEvents,
        states: ChannelStateStore,
        cached_states: CachedChannelStates,
        book: ChannelBook,
        publish_dead: Callable[[str], None],
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
        self._publish_dead = publish_dead
        self._nudge = nudge
        self._actor = actor
        self._now = now

    def bury(self, attempted: Attempted, decision: Dead) -> None:
        """Dead, audited, counted, and in the dead-letter queue. Raises LeaseLost."""
        row, now = attempted.row, attempted.attempt.at
        steps = [
            self._notifications.settle_step(attempted, decision),
            *self._events.dead_steps(self._actor, row, decision, now),
        ]
        if decision.disables_channel:
            self._bury_with_channel(steps, row, decision, now)
        else:
            self._database.transact(steps)
        logger.warning("a notification is dead", extra=_about(row, decision.error))
        self._publish(row.id)

    def _bury_with_channel(
        self, steps: Sequence[Step], row: Notification, decision: Dead, now: datetime
    ) -> None:
        """One alert per episode: who finds the channel disabled already, only buries."""
        alert = self._alert(row, decision, now)
        after = {"disabled_at": to_wire(now), "error": decision.error}
        disabled = [
            self._states.disable_step(row.channel_id, now, decision.error),
            self._events.channel_step(self._actor, "channel_disabled", row.channel_id, None, after, now),
            *([self._notifications.create_step(alert)] if alert else []),
        ]
        try:
            self._database.transact([*steps, *disabled])
        except AlreadyDisabled:
            self._database.transact(steps)
            return
        self._cached_states.forget()
        logger.error("a channel is gone and was disabled", extra=_about(row, decision.error))
        if alert is not None:
            self._nudge(Nudge(alert.id, alert.due.epoch), 0)

    def _alert(self, row: Notification, decision: Dead, now: datetime) -> Notification | None:
        """None where no other channel works, or it was such an alert that failed."""
        if row.type is NotificationType.CHANNEL_FAILURE:
            return None
        channel = self._other_channel(row.channel_id)
        return _channel_failure(row, channel, decision.error, now) if channel else None

    def _other_channel(self, channel_id: str) -> ChannelConfig | None:
        with suppress(DomainError):
            others = (c for c in self._book.all() if c.is_enabled and c.channel_id != channel_id)
            return next((c for c in others if self._states.get(c.channel_id).disabled_at is None), None)
        return None

    def _publish(self, notification_id: str) -> None:
        try:
            self._publish_dead(notification_id)
        except Exception:
            logger.warning("a dead letter is left to the sweep", exc_info=True, extra={"id": notification_id})

    def skip(self, attempted: Attempted, decision: Sent) -> None:
        """Completed unsent because an administrator removed the channel: told loudly. Raises LeaseLost."""
        row = attempted.row
        self._database.transact(
            [
                self._notifications.settle_step(attempted, decision),
                *self._events.skipped_steps(self._actor, row, decision, attempted.attempt.at),
            ]
        )
        logger.warning("a notification was skipped", extra=_about(row, "its channel was removed"))

    def revive(self, channel_id: str, state: ChannelState) -> None:
        """The channel took a message: its episode is over. Best effort."""
        if state.disabled_at is None:
            return
        before = {"disabled_at": to_wire(state.disabled_at), "error": state.error}
        after = {"disabled_at": None}
        steps = [
            self._states.enable_step(channel_id, state.disabled_at),
            self._events.channel_step(self._actor, "channel_updated", channel_id, before, after, self._now()),
        ]
        with suppress(Conflict, Unavailable):
            self._database.transact(steps)
            self._cached_states.forget()


def _about(row: Notification, error: str) -> dict[str, str]:
    return {"id": row.id, "type": row.type.value, "channel_id": row.channel_id, "error": error}


def _channel_failure(row: Notification, channel: ChannelConfig, error: str, now: datetime) -> Notification:
    return Notification(
        id=new_id("notif", now),
        type=NotificationType.CHANNEL_FAILURE,
        severity=Severity.CRITICAL,
        action=Action.TRIGGER,
        dedup_key=f"{NotificationType.CHANNEL_FAILURE.value}/{row.channel_id}/{to_wire(now)}",
        channel=channel.kind.value,
        channel_id=channel.channel_id,
        recipient=channel.channel_id,
        subject=f"The channel {row.channel_id} is gone",
        message=(
            f"{row.channel} channel {row.channel_id} was disabled: {error}. "
            "Its notifications are in the dead-letter list. Repair it, then requeue them."
        ),
        status=NotificationStatus.PENDING,
        created_at=now,
        queued_at=now,
        due=Due(due_at=now),
    )
