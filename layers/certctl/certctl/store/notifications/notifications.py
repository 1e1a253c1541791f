"""Notification rows: created in the transaction of their cause, claimed and completed one at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.update import Action

from certctl.domain.due_work import Claim, ClaimResult
from certctl.domain.errors import Conflict
from certctl.domain.ids import shard_of
from certctl.domain.notifications.delivery import (
    DEAD_LETTER_DELAY,
    Dead,
    Decision,
    FinishedAttempt,
    Retry,
    Sent,
    trail,
)
from certctl.domain.notifications.notifications import CertificateFacts, Notification
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.domain.times import from_seconds, from_wire, month_of, next_midnight, to_wire
from certctl.store.database import ConditionFailed, Database
from certctl.store.leases import DueRows, due_of
from certctl.store.mapping import to_item, to_record
from certctl.store.notifications.histories import attempts_in, history_text
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.settlements import Settlements
from certctl.store.writes import Write, put, update

RETENTION = timedelta(days=400)
OPEN = (NotificationStatus.PENDING, NotificationStatus.FAILED)


class LeaseLost(Conflict):
    """Another worker took the row over, or it was requeued."""

    def __init__(self) -> None:
        super().__init__("The notification is not held by this attempt any more.")


@dataclass(frozen=True)
class Nomination:
    """The due index's view of a row; only its claim, or a read of the row, decides."""

    id: str
    channel_id: str
    status: NotificationStatus
    due_at: datetime


class NotificationStore:
    def __init__(self, database: Database, retention: timedelta = RETENTION) -> None:
        self._database = database
        self._retention = retention
        self._due = DueRows(database, NotificationItem, NotificationItem, OPEN)
        self._settlements = Settlements(self.settle_step)

    def create_step(self, notification: Notification) -> Write:
        return put(self._item(notification), NotificationItem.notification_id.does_not_exist())

    def get(self, notification_id: str) -> Notification | None:
        row = self._database.get(NotificationItem, notification_id, consistent=True)
        return notification_of(row) if row else None

    def get_many(self, notification_ids: Sequence[str]) -> list[Notification]:
        """The notifications in the order asked for; ids without a row are left out."""
        rows = self._database.batch_get(NotificationItem, notification_ids)
        found = {row.notification_id: notification_of(row) for row in rows}
        return [found[i] for i in notification_ids if i in found]

    def get_many_now(self, notification_ids: Sequence[str]) -> list[Notification]:
        """Read consistently, unordered."""
        rows = self._database.batch_get(NotificationItem, notification_ids, consistent=True)
        return [notification_of(row) for row in rows]

    def claim(
        self, notification_id: str, now: datetime, lease: timedelta
    ) -> tuple[ClaimResult, Notification | None]:
        result, row = self._due.claim(notification_id, now, lease)
        return result, notification_of(row) if row else None

    def give_back(self, claim: Claim) -> None:
        self._due.give_back(claim)

    def postpone(self, claim: Claim, until: datetime) -> None:
        """Later, without spending an attempt. Does nothing if another worker took the row over."""
        actions = [*self._due.due_again(until), NotificationItem.next_retry_at.set(until)]
        try:
            self._database.write(update(NotificationItem(claim.id), actions, self._due.owned(claim)))
        except ConditionFailed:
            return

    def settle(self, attempted: FinishedAttempt, decision: Sent | Retry) -> None:
        """Ends an attempt that is not a death: deaths are more than one write. Raises LeaseLost."""
        self._database.write_or_refuse(self._settlements.step(attempted, decision, LeaseLost()))

    def settle_step(self, attempted: FinishedAttempt, decision: Decision, *also: Action) -> Write:
        """The one write that ends an attempt; waits begin at the attempt's `at`. Refused with LeaseLost."""
        row, claim, attempt = attempted.row, attempted.claim, attempted.attempt
        history = NotificationItem.history.set(history_text(trail(row, claim, attempt)))
        actions = [*self._written(decision, row.id, attempt.at), history, *also]
        if row.is_flooded:
            actions.append(NotificationItem.is_flooded.remove())
        return update(NotificationItem(row.id), actions, self._due.held(claim), LeaseLost())

    def _written(self, decision: Decision, notification_id: str, now: datetime) -> list[Action]:
        match decision:
            case Sent():
                return [*self._due.finished(), *_sent(decision)]
            case Retry():
                due_at = decision.due_at(now)
                return [*self._due.due_again(due_at), *_failed(decision, due_at)]
            case Dead():
                return [*self._due.due_again(now + DEAD_LETTER_DELAY), *_dead(decision, notification_id, now)]

    def clear_dead_letter(self, row: Notification) -> None:
        """After publishing. Does nothing if it was requeued, or cleared by another call."""
        item = NotificationItem
        as_published = (item.status == NotificationStatus.DEAD) & (item.epoch == row.due.epoch)
        actions = [item.dlq_pending.remove(), item.due_shard.remove(), item.due_at.remove()]
        pending = item.dlq_pending == True  # noqa: E712  # an expression, not a comparison
        try:
            self._database.write(update(NotificationItem(row.id), actions, as_published & pending))
        except ConditionFailed:
            return

    def requeue_step(self, before: Notification, after: Notification, now: datetime) -> Write:
        """Requeues from the state that was read, and while no worker holds the row. Refused with
        ChangedMeanwhile."""
        item = NotificationItem
        as_read = (item.status == before.status) & (item.epoch == before.due.epoch)
        as_read = as_read & (item.attempt == before.due.attempt)
        unheld = item.lease_owner.does_not_exist() | (item.lease_until <= now)
        actions = [
            *self._due.release(),
            item.status.set(after.status),
            item.epoch.set(after.due.epoch),
            item.retry_count.set(0),
            item.throttle_count.set(0),
            item.queued_at.set(after.queued_at),
            item.due_shard.set(shard_of(after.id)),
            item.due_at.set(now),
            item.delete_after.set(self._delete_after(now)),
            *(
                attribute.remove()
                for attribute in (item.next_retry_at, item.last_error, item.outcome, item.sent_at)
            ),
            *(attribute.remove() for attribute in (item.dead_at, item.dead_shard, item.dlq_pending)),
        ]
        return update(NotificationItem(before.id), actions, as_read & unheld)

    def mark_read(self, notification_id: str, now: datetime) -> None:
        """Has no effect on the delivery."""
        exists = NotificationItem.notification_id.exists() & NotificationItem.read_at.does_not_exist()
        try:
            self._database.write(
                update(NotificationItem(notification_id), [NotificationItem.read_at.set(now)], exists)
            )
        except ConditionFailed:
            return

    def nominated(self, shard: int, now: datetime) -> Iterator[Nomination]:
        """Due rows, and dead ones whose message is overdue, oldest first, page by page."""
        for row in self._due.nominated(shard, now):
            due_at: Any = row.due_at
            yield Nomination(row.notification_id, row.channel_id, row.status, due_at)

    def _item(self, notification: Notification) -> NotificationItem:
        due = notification.due
        return to_item(
            NotificationItem,
            notification,
            notification_id=notification.id,
            list_month=month_of(notification.created_at),
            due_shard=None if due.due_at is None else shard_of(notification.id),
            due_at=due.due_at,
            epoch=due.epoch,
            attempt=due.attempt,
            retry_count=due.retry_count,
            dlq_pending=notification.dlq_pending or None,
            is_flooded=notification.is_flooded or None,
            facts=_packed(notification.facts),
            delete_after=self._delete_after(notification.created_at),
        )

    def _delete_after(self, since: datetime) -> int:
        """The end of the row at midnight, so that the dead rows of a day leave their counter together."""
        return int(next_midnight(since + self._retention).timestamp())


def _sent(decision: Sent) -> list[Action]:
    item = NotificationItem
    sent_at = [item.sent_at.set(decision.sent_at)] if decision.sent_at else []
    return [
        item.status.set(NotificationStatus.SENT),
        item.outcome.set(decision.outcome),
        item.next_retry_at.remove(),
        *sent_at,
    ]


def _failed(decision: Retry, due_at: datetime) -> list[Action]:
    item = NotificationItem
    return [
        item.status.set(NotificationStatus.FAILED),
        item.retry_count.set(decision.retry_count),
        item.throttle_count.set(decision.throttle_count),
        item.next_retry_at.set(due_at),
        item.last_error.set(decision.error),
    ]


def _dead(decision: Dead, notification_id: str, now: datetime) -> list[Action]:
    item = NotificationItem
    return [
        item.status.set(NotificationStatus.DEAD),
        item.retry_count.set(decision.retry_count),
        item.last_error.set(decision.error),
        item.outcome.set(decision.outcome),
        item.dead_at.set(now),
        item.dead_shard.set(shard_of(notification_id)),
        item.dlq_pending.set(True),
        item.next_retry_at.remove(),
    ]


def notification_of(row: NotificationItem) -> Notification:
    return to_record(
        Notification,
        row,
        id=row.notification_id,
        due=due_of(row),
        attempts=attempts_in(row.history),
        facts=_unpacked(row.facts),
        kept_until=from_seconds(int(row.delete_after)),
    )


_WITH_IDS_ONLY = 3
"""Rows older than the names in alerts: environment, and the ids of owner and team."""


def _packed(facts: CertificateFacts) -> str | None:
    """An array, for the same reason as the history, and a common name that equals the name only once; None if
    nothing is known."""
    name, common_name, serial, expires_at, *rest = astuple(facts)
    if facts == CertificateFacts():
        return None
    values = [
        name,
        None if common_name == name else common_name,
        serial,
        to_wire(expires_at) if expires_at else "",
        *rest,
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _unpacked(text: str | None) -> CertificateFacts:
    if not text:
        return CertificateFacts()
    name, common_name, serial, expires_at, *rest = json.loads(text)
    common_name = name if common_name is None else common_name
    facts = CertificateFacts(name, common_name, serial, from_wire(expires_at) if expires_at else None, *rest)
    if len(rest) == _WITH_IDS_ONLY:
        return replace(facts, owner_id=facts.owner, team_id=facts.team)
    return facts
