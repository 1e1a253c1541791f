"""Stores the result of an attempt (sent, failed, skipped or dead), and what a death implies for its
channel."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.errors import AwsRefusal, DomainError, Unavailable
from certctl.domain.notifications.channel_alerts import (
    DEAD_ROWS_EVERY,
    channel_gone_alert,
    dead_rows_alert,
    fallback_channel,
)
from certctl.domain.notifications.delivery import Dead, Decision, FinishedAttempt, Sent, Unsent, has_reported
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.times import to_wire
from certctl.observability import logger, needs_person
from certctl.services.notifications.dead_letters import DeadLetters
from certctl.services.notifications.send_counts import SendCounts
from certctl.store.channels.records import CachedChannels
from certctl.store.channels.states import (
    AlreadyAlerted,
    AlreadyDisabled,
    CachedChannelStates,
    ChannelStateStore,
)
from certctl.store.notifications.notifications import LeaseLost, NotificationStore
from certctl.unit_of_work.notifications.events import NotificationEvents, add_channel_event
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

_SETTLE_TRIES = 2


class ChannelEdited(Exception):
    """The result is one of settings that the channel has no more."""


@dataclass(frozen=True)
class DeliveryOutcomes:
    units: Units
    notifications: NotificationStore
    events: NotificationEvents
    states: ChannelStateStore
    cached_states: CachedChannelStates
    channels: CachedChannels
    dead_letters: DeadLetters
    counts: SendCounts
    actor: Actor
    kinds: ChannelKinds

    def settle(self, attempted: FinishedAttempt, decision: Decision) -> bool:
        """Stores and counts the decision. Returns False if another worker took the row over, or it was
        requeued. Raises ChannelEdited if the channel would be disabled for settings that it has no more."""
        row, outcome = attempted.row, attempted.attempt.outcome
        if not self._is_stored(attempted, decision):
            logger.warning("an attempt was lost to another", extra={"id": row.id, "outcome": outcome})
            return False
        self.counts.record(row.channel_id, outcome)
        return True

    def _is_stored(self, attempted: FinishedAttempt, decision: Decision) -> bool:
        for _ in range(_SETTLE_TRIES):
            try:
                self._store(attempted, decision)
            except LeaseLost:
                row = self.notifications.get(attempted.row.id)
                if row is None or has_reported(row, attempted.claim.token):
                    return row is not None
                if not _is_still_ours(row, attempted):
                    return False
                # a late duplicate of our own claim raised the attempt
                attempted = replace(attempted, claim=replace(attempted.claim, attempt=row.due.attempt))
                continue
            return True
        return False

    def _store(self, attempted: FinishedAttempt, decision: Decision) -> None:
        match decision:
            case Dead():
                self.mark_dead(attempted, decision)
            case Sent(outcome=Unsent.SKIPPED):
                self.mark_skipped(attempted, decision)
            case _:
                self.notifications.settle(attempted, decision)

    def mark_dead(self, attempted: FinishedAttempt, decision: Dead) -> None:
        """Stores the death with its audit event, counters and alert, and publishes the dead letter. Raises
        LeaseLost."""
        row = attempted.row
        if decision.disables_channel:
            self._mark_dead_with_channel(attempted, decision)
        else:
            self._mark_dead_with_alert(attempted, decision)
        logger.warning("a notification is dead", extra=_about(row, decision.error))
        needs_person("a notification is dead")
        self._publish(row.id)

    def mark_skipped(self, attempted: FinishedAttempt, decision: Sent) -> None:
        """Completes the row unsent, with an audit event, a counter and a warning, because an administrator
        removed its channel. Raises LeaseLost."""
        row = attempted.row
        unit = self.units.begin(self.actor, row.counted_with, attempted.attempt.at)
        unit.write(self.notifications.settle_step(attempted, decision))
        self.events.add_skip(unit, row, decision)
        unit.commit()
        logger.warning("a notification was skipped", extra=_about(row, "its channel was removed"))

    def _death(self, attempted: FinishedAttempt, decision: Dead) -> UnitOfWork:
        """Begins a unit with the death of the row; what it implies for the channel may be added."""
        row = attempted.row
        unit = self.units.begin(self.actor, row.counted_with, attempted.attempt.at)
        unit.write(self.notifications.settle_step(attempted, decision))
        self.events.add_death(unit, row, decision)
        return unit

    def _mark_dead_with_channel(self, attempted: FinishedAttempt, decision: Dead) -> None:
        """Alerts once per episode: if the channel is already disabled, only the row's death is stored."""
        row, now = attempted.row, attempted.attempt.at
        alert = self._channel_gone_alert(row, decision, now)
        unit = self._death(attempted, decision)
        unit.write(
            self.states.disable_step(row.channel_id, attempted.channel_version, now, decision.error, alert)
        )
        after = {"disabled_at": to_wire(now), "error": decision.error}
        add_channel_event(unit, "channel_disabled", row.channel_id, None, after)
        unit.notify(*([alert] if alert else []))
        try:
            unit.commit()
        except AlreadyDisabled:
            if not self.cached_states.find_now(row.channel_id).is_about(attempted.channel_version):
                raise ChannelEdited from None
            self._death(attempted, decision).commit()
            return
        self.cached_states.forget()
        logger.error("a channel is gone and was disabled", extra=_about(row, decision.error))

    def _mark_dead_with_alert(self, attempted: FinishedAttempt, decision: Dead) -> None:
        """Stores the death without its alert if both cannot be stored together. If the first transaction
        succeeded and its response was lost, the second is refused."""
        row, now = attempted.row, attempted.attempt.at
        alert = self._dead_rows_alert(row, decision, now)
        unit = self._death(attempted, decision)
        if alert is None:
            unit.commit()
            return
        unit.write(self.states.alert_dead_step(row.channel_id, now, DEAD_ROWS_EVERY))
        unit.notify(alert)
        try:
            unit.commit()
        except (AlreadyAlerted, Unavailable, AwsRefusal):
            self._death(attempted, decision).commit()
        finally:
            self.cached_states.forget()

    def _channel_gone_alert(self, row: Notification, decision: Dead, now: datetime) -> Notification | None:
        """The alert of a channel that is gone; None if no other channel works, or the row is such an alert
        itself."""
        if row.type is NotificationType.CHANNEL_FAILURE:
            return None
        with suppress(DomainError):
            via, observed = self._fallback_channel(row.channel_id), self.cached_states.find(row.channel_id)
            return channel_gone_alert(row.channel_id, observed, decision.error, via, now) if via else None
        return None

    def _dead_rows_alert(self, row: Notification, decision: Dead, now: datetime) -> Notification | None:
        """The alert of a channel's dead rows; None if there was one within the hour, or the row is such an
        alert itself."""
        if row.type is NotificationType.CHANNEL_FAILURE or decision.outcome == OutcomeKind.CHANNEL_GONE:
            return None
        with suppress(DomainError):
            alerted_at = self.cached_states.find(row.channel_id).dead_alerted_at
            if alerted_at is None or alerted_at + DEAD_ROWS_EVERY <= now:
                via = self._fallback_channel(row.channel_id)
                return dead_rows_alert(row.channel_id, decision.error, via, now) if via else None
        return None

    def _fallback_channel(self, channel_id: str) -> ChannelConfig | None:
        return fallback_channel(channel_id, self.channels.all(), self.cached_states.find, self.kinds)

    def _publish(self, notification_id: str) -> None:
        try:
            self.dead_letters.publish(notification_id)
        except Exception:
            logger.warning("a dead letter is left to the sweep", exc_info=True, extra={"id": notification_id})


def _is_still_ours(row: Notification, attempted: FinishedAttempt) -> bool:
    """Whether the claim holds and nobody booked an attempt since: the decision was made from the budget that
    the claim saw."""
    same_claim = (row.due.lease_owner, row.due.epoch) == (attempted.claim.token, attempted.claim.epoch)
    return same_claim and row.retry_count == attempted.row.retry_count


def _about(row: Notification, error: str) -> dict[str, str]:
    return {"id": row.id, "type": row.type.value, "channel_id": row.channel_id, "error": error}
