"""Flood control: defers alerts over the limit, and merges those of a minute into one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from certctl.domain.channels.kinds.definitions import ChannelKinds
from certctl.domain.due_work import Claim, Nudge
from certctl.domain.errors import Conflict
from certctl.domain.notifications.delivery import FinishedAttempt, Sent, Unsent, has_reported, unsent_attempt
from certctl.domain.notifications.flood_control import (
    FALLBACK,
    fold_of,
    folding_moment,
    is_counted,
    is_for_machines,
    kind_of,
    parts_of,
)
from certctl.domain.notifications.notifications import Notification
from certctl.observability import logger
from certctl.services.notifications.send_counts import SendCounts
from certctl.store.locks import LockStore
from certctl.store.notifications.floods import FloodMeter
from certctl.store.notifications.folds import NotificationFolds
from certctl.store.notifications.notifications import NotificationStore
from certctl.unit_of_work.nudges import Nudges

_TRIES = 3
_LOCKED = timedelta(seconds=30)
_AGAIN_SECONDS = 5
_RESERVE = timedelta(seconds=30)
"""The part of the lease that is needed: with less left nothing more is merged, so that the invocation ends in
time."""


@dataclass(frozen=True)
class FloodRows:
    notifications: NotificationStore
    folds: NotificationFolds
    locks: LockStore
    meter: FloodMeter


@dataclass(frozen=True)
class FloodControl:
    """The caller has claimed the rows."""

    rows: FloodRows
    nudges: Nudges
    counts: SendCounts
    now: Callable[[], datetime]
    kinds: ChannelKinds

    def defer(self, claim: Claim, row: Notification) -> bool:
        """Postpones a row before its first send, without spending an attempt, if it is over the limit of its
        kind and minute. Returns whether it was postponed."""
        if not is_counted(row, self.kinds) or self.rows.meter.admits(row):
            return False
        now = self.now()
        moment = folding_moment(row, now)
        leads = self.rows.meter.leads(row, moment)
        self.rows.folds.hold_back(claim, moment if leads else moment + FALLBACK, moment)
        if leads:
            self.nudges.notification(_nudge_of(claim), (moment - now).total_seconds())
        return True

    def merge(self, claim: Claim, row: Notification) -> bool:
        """Merges a deferred row with the others of its kind and moment into one alert. Returns False if it is
        to be sent by itself: it has no others, or is for machines and an earlier release deferred it."""
        if not row.is_flooded or is_for_machines(row, self.kinds):
            return False
        lock, owner, now = f"fold#{kind_of(row).key}", uuid4().hex, self.now()
        if not self.rows.locks.take(lock, owner, now, now + _LOCKED):
            self._give_back(claim)
            return True
        try:
            return self._merge_all(
                FinishedAttempt(claim, row, unsent_attempt(claim, Sent(Unsent.FOLDED, None), now))
            )
        finally:
            self.rows.locks.release(lock, owner)

    def _merge_all(self, claimed: FinishedAttempt) -> bool:
        for _ in range(_TRIES):
            found = self.rows.folds.held_back_with(claimed.row)
            if not found.rows:
                return False
            part, *others = parts_of([claimed.row, *found.rows])
            if self._is_merged(part[1:], claimed):
                if others or found.has_more:
                    self._merge_rest(claimed)
                return True
            still_ours = self._still_ours(claimed)
            if still_ours is None:
                return True
            claimed = still_ours
        self._give_back(claimed.claim)
        return True

    def _merge_rest(self, leader: FinishedAttempt) -> None:
        """Merges the rows beyond one alert. A single row is left to the sweep, which sends it by itself, as
        are rows that there is no time for."""
        refusals = 0
        while refusals < _TRIES and leader.claim.has_time(_RESERVE, self.now()):
            found = self.rows.folds.held_back_with(leader.row)
            if len(found.rows) < 2:
                return
            is_done = all(self._is_merged(part) for part in parts_of(found.rows))
            if is_done and not found.has_more:
                return
            refusals += not is_done

    def _is_merged(self, others: Sequence[Notification], claimed: FinishedAttempt | None = None) -> bool:
        """Returns False if another worker took one of the rows, or the database's response was lost."""
        rows = [*([claimed.row] if claimed else []), *others]
        fold = fold_of(rows, self.now())
        try:
            self.rows.folds.fold(fold, claimed, others)
        except Conflict:
            return False
        logger.warning("alerts were folded", extra={"id": fold.id, "rows": len(rows)})
        for row in rows:
            self.counts.record(row.channel_id, Unsent.FOLDED)
        self.nudges.notification(Nudge(fold.id, fold.due.epoch), 0)
        return True

    def _still_ours(self, claimed: FinishedAttempt) -> FinishedAttempt | None:
        """Reads the row again: a late duplicate of our own claim raises the attempt. Returns None if the row
        was merged after all, by a write whose response was lost, or taken over."""
        row, claim = self.rows.notifications.get(claimed.row.id), claimed.claim
        if row is None or (row.due.lease_owner, row.due.epoch) != (claim.token, claim.epoch):
            if row is not None and row.folded_into and has_reported(row, claim.token):
                self.nudges.notification(Nudge(row.folded_into, 1), 0)
            return None
        return replace(claimed, claim=replace(claim, attempt=row.due.attempt))

    def _give_back(self, claim: Claim) -> None:
        """Another worker is merging this kind, probably including this row."""
        self.rows.notifications.give_back(claim)
        self.nudges.notification(_nudge_of(claim), _AGAIN_SECONDS)


def _nudge_of(claim: Claim) -> Nudge:
    return Nudge(claim.id, claim.epoch)
