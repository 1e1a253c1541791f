"""The turns of a notification that are transactions: dead, skipped, and what they say of the channel."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.channels.channels import CachedChannels, ChannelConfig
from certctl.domain.channels.failure_alerts import (
    DEAD_ROWS_EVERY,
    channel_gone_alert,
    dead_rows_alert,
    fallback_channel,
)
from certctl.domain.due_work import Nudge
from certctl.domain.errors import AwsRefusal, DomainError, Unavailable
from certctl.domain.notifications.delivery import Attempted, Dead, Sent
from certctl.domain.notifications.notifications import Notification, NotificationType
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.times import to_wire
from certctl.observability import logger, measure
from certctl.store.channels.states import (
    AlreadyAlerted,
    AlreadyDisabled,
    CachedChannelStates,
    ChannelStateStore,
)
from certctl.store.database import Database
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.writes import Write
from certctl.unit_of_work.notifications.events import NotificationEvents


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
        book: CachedChannels,
        publish_dead: Callable[[str], None],
        nudge: Callable[[Nudge, float], None],
        actor: Actor,
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
            self._bury_with_alert(steps, row, decision, now)
        logger.warning("a notification is dead", extra=_about(row, decision.error))
        measure("Count", {"NotificationsDied": 1}, service="notifications")
        self._publish(row.id)

    def _bury_with_channel(
        self, steps: Sequence[Write], row: Notification, decision: Dead, now: datetime
    ) -> None:
        """One alert per episode: who finds the channel disabled already, only buries."""
        alert = self._channel_gone_alert(row, decision, now)
        after = {"disabled_at": to_wire(now), "error": decision.error}
        disabled = [
            self._states.disable_step(row.channel_id, now, decision.error, alert),
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

    def _bury_with_alert(
        self, steps: Sequence[Write], row: Notification, decision: Dead, now: datetime
    ) -> None:
        """A death never fails because of its alarm; where the first transaction went through unheard, the
        second is refused."""
        alarm = self._dead_rows_alert(row, decision, now)
        if alarm is None:
            self._database.transact(steps)
            return
        notified = self._states.alert_dead_step(row.channel_id, now, DEAD_ROWS_EVERY)
        try:
            self._database.transact([*steps, notified, self._notifications.create_step(alarm)])
        except (AlreadyAlerted, Unavailable, AwsRefusal):
            self._database.transact(steps)
            return
        finally:
            self._cached_states.forget()
        self._nudge(Nudge(alarm.id, alarm.due.epoch), 0)

    def _channel_gone_alert(self, row: Notification, decision: Dead, now: datetime) -> Notification | None:
        """None where no other channel works, or it was such an alert that failed."""
        if row.type is NotificationType.CHANNEL_FAILURE:
            return None
        with suppress(DomainError):
            via, observed = self._fallback_channel(row.channel_id), self._cached_states.find(row.channel_id)
            return channel_gone_alert(row.channel_id, observed, decision.error, via, now) if via else None
        return None

    def _dead_rows_alert(self, row: Notification, decision: Dead, now: datetime) -> Notification | None:
        """None where somebody knows of the channel's deaths already, or the row is such an alert itself."""
        if row.type is NotificationType.CHANNEL_FAILURE or decision.outcome == OutcomeKind.CHANNEL_GONE:
            return None
        with suppress(DomainError):
            told_at = self._cached_states.find(row.channel_id).dead_alerted_at
            if told_at is None or told_at + DEAD_ROWS_EVERY <= now:
                via = self._fallback_channel(row.channel_id)
                return dead_rows_alert(row.channel_id, decision.error, via, now) if via else None
        return None

    def _fallback_channel(self, channel_id: str) -> ChannelConfig | None:
        return fallback_channel(channel_id, self._book.all(), self._cached_states.find)

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


def _about(row: Notification, error: str) -> dict[str, str]:
    return {"id": row.id, "type": row.type.value, "channel_id": row.channel_id, "error": error}
