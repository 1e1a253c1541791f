"""Claims on authorizations that a validator attempts: fencing as in ADR 4, on rows without a due index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from certctl.domain.acme.attempts import LEASE, is_claimable
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.store.acme.authorizations import authorization_in, place
from certctl.store.acme.items import AuthorizationItem
from certctl.store.acme.keys import authorizations_of
from certctl.store.database import ConditionFailed, Database
from certctl.store.writes import update


class AuthorizationClaims:
    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, order_id: str, n: int, now: datetime) -> Authorization | None:
        """The authorization with a lease for one attempt; None if nothing is due or another validator has
        it. An attempt whose lease ran out is spent: validators that die do not go on for ever."""
        token = uuid4().hex  # completing is conditional on it, and a repeat of this write wins again
        key = AuthorizationItem(authorizations_of(order_id), place(n))
        one_more = AuthorizationItem.attempt.set(AuthorizationItem.attempt + 1)
        try:
            return self._taken(key, [*_lease(token, now), one_more], _unheld(token, now))
        except ConditionFailed as failure:
            if failure.item is None:
                return None
            observed = authorization_in(AuthorizationItem.from_raw_data(failure.item))
        return self._taken_over(key, token, now, observed)

    def complete(self, claimed: Authorization, after: Authorization) -> bool:
        """Stores the result of an attempt. False if the row was claimed again or deactivated since then."""
        key = AuthorizationItem(authorizations_of(claimed.order_id), place(claimed.n))
        try:
            self._database.write(update(key, _result(after), _held(claimed)))
        except ConditionFailed as failure:
            return _is_stored(after, failure.item)
        return True

    def give_back(self, claimed: Authorization) -> None:
        """Returns the row undone; does nothing if another validator took it over."""
        key = AuthorizationItem(authorizations_of(claimed.order_id), place(claimed.n))
        unspent = AuthorizationItem.attempt.set(claimed.attempt - 1)
        try:
            self._database.write(update(key, [*_released(), unspent], _held(claimed)))
        except ConditionFailed:
            return

    def _taken_over(
        self, key: AuthorizationItem, token: str, now: datetime, observed: Authorization
    ) -> Authorization | None:
        if observed.lease_owner is None or not is_claimable(observed, now):
            return None
        as_observed: Condition = (AuthorizationItem.lease_owner == observed.lease_owner) & (
            AuthorizationItem.lease_until == observed.lease_until
        )
        # An absolute value: repeating this write after a lost response spends no further attempt.
        booked = AuthorizationItem.attempt.set(observed.attempt + 1)
        mine: Condition = AuthorizationItem.lease_owner == token
        try:
            return self._taken(key, [*_lease(token, now), booked], as_observed | mine)
        except ConditionFailed:
            return None

    def _taken(
        self, key: AuthorizationItem, actions: Sequence[Action], condition: Condition
    ) -> Authorization:
        raw = self._database.updated(update(key, actions, condition))
        return authorization_in(AuthorizationItem.from_raw_data(raw))


def _lease(token: str, now: datetime) -> list[Action]:
    return [AuthorizationItem.lease_owner.set(token), AuthorizationItem.lease_until.set(now + LEASE)]


def _unheld(token: str, now: datetime) -> Condition:
    item = AuthorizationItem
    wants_work: Condition = (item.status == AuthorizationStatus.PENDING) & (item.due_at <= now)
    unheld: Condition = item.lease_owner.does_not_exist() | (item.lease_owner == token)
    free: Condition = wants_work & (item.expires_at > now) & unheld
    return free


def _held(claimed: Authorization) -> Condition:
    item = AuthorizationItem
    mine: Condition = (item.lease_owner == claimed.lease_owner) & (item.attempt == claimed.attempt)
    held: Condition = mine & (item.status == AuthorizationStatus.PENDING)
    return held


def _released() -> list[Action]:
    return [AuthorizationItem.lease_owner.remove(), AuthorizationItem.lease_until.remove()]


def _result(after: Authorization) -> list[Action]:
    item = AuthorizationItem
    error, due_at, validated_at = after.error, after.due_at, after.validated_at
    return [
        item.status.set(after.status),
        *_released(),
        item.due_at.set(due_at) if due_at else item.due_at.remove(),
        item.error_type.set(error.type.value) if error else item.error_type.remove(),
        item.error_detail.set(error.detail) if error else item.error_detail.remove(),
        *([item.validated_at.set(validated_at)] if validated_at else []),
        *([item.addresses.set(after.addresses)] if after.addresses else []),
    ]


def _is_stored(after: Authorization, raw: dict[str, Any] | None) -> bool:
    """Whether the write had succeeded, and its response was lost."""
    if raw is None:
        return False
    stored = authorization_in(AuthorizationItem.from_raw_data(raw))
    return (stored.attempt, stored.status, stored.lease_owner) == (after.attempt, after.status, None)
