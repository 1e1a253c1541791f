"""When an answered challenge is attempted, and what an attempt makes of its authorization (ADR 73)."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus, ChallengeError
from certctl.domain.acme.challenges import Outcome, Proof, Refused
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.identifiers import IdentifierType
from certctl.domain.acme.problems import ProblemType

ATTEMPTS_AT = (0, 3, 8, 18, 38)
"""Seconds after the client's answer. certbot waits 90 s, and the last attempt may take 10."""
LEASE = timedelta(seconds=20)
"""An attempt takes 10 s, and its report a few at worst."""
_ATTEMPTS_IF_CERTAIN = 2
_LONGEST_RETRY_AFTER = 10
_LOST = Refused(ProblemType.SERVER_INTERNAL, "the validation did not end; order again")


def answered(
    authorization: Authorization, type: ChallengeType, thumbprint: str, account_url: str, now: datetime
) -> Authorization:
    """The authorization after its client answered a challenge: the first attempt is due."""
    return replace(
        authorization,
        answered=type,
        thumbprint=thumbprint,
        account_url=account_url,
        answered_at=now,
        due_at=now,
    )


def is_claimable(authorization: Authorization, now: datetime) -> bool:
    """Whether an attempt is due that no validator holds."""
    if authorization.status_at(now) is not AuthorizationStatus.PENDING or authorization.due_at is None:
        return False
    is_held = authorization.lease_until is not None and authorization.lease_until > now
    return authorization.due_at <= now and not is_held


def needs_nudge(authorization: Authorization, now: datetime) -> bool:
    """Whether reading it has to nudge the validator: nobody else looks for lost nudges and due retries."""
    return is_claimable(authorization, now)


def retry_after(authorization: Authorization, now: datetime) -> int:
    """Seconds until polling again is worthwhile: the client's poll starts the next attempt."""
    if authorization.due_at is None:
        return _LONGEST_RETRY_AFTER
    wait = ceil((authorization.due_at - now).total_seconds())
    return max(1, min(wait, _LONGEST_RETRY_AFTER))


def proof_of(authorization: Authorization) -> Proof | None:
    """What a claimed attempt looks for; None if there is none left: earlier ones never reported."""
    if authorization.answered is None or authorization.attempt > len(ATTEMPTS_AT):
        return None
    return Proof(
        type=authorization.answered,
        name=authorization.identifier.host,
        token=authorization.token,
        thumbprint=authorization.thumbprint,
        is_address=authorization.identifier.type is IdentifierType.IP,
        is_wildcard=authorization.identifier.is_wildcard,
        account_url=authorization.account_url,
    )


def attempted(claimed: Authorization, outcome: Outcome, now: datetime) -> Authorization:
    """The authorization after an attempt, without its lease."""
    released = replace(claimed, lease_owner=None, lease_until=None, due_at=None)
    if not isinstance(outcome, Refused):
        valid = AuthorizationStatus.VALID
        return replace(released, status=valid, validated_at=now, addresses=outcome.addresses, error=None)
    failed = replace(released, error=ChallengeError(outcome.type, outcome.detail))
    due_at = _next_attempt(claimed, now)
    if due_at is None or (outcome.is_certain and claimed.attempt >= _ATTEMPTS_IF_CERTAIN):
        return replace(failed, status=AuthorizationStatus.INVALID)
    return replace(failed, due_at=due_at)


def given_up(claimed: Authorization, now: datetime) -> Authorization:
    """The authorization whose last attempt never reported: its last known error stays."""
    last = claimed.error
    return attempted(claimed, Refused(last.type, last.detail) if last else _LOST, now)


def _next_attempt(claimed: Authorization, now: datetime) -> datetime | None:
    """The moment of the next attempt, or None after the last one. An attempt that took long moves the
    next one, not those after it."""
    if claimed.attempt >= len(ATTEMPTS_AT):
        return None
    began = claimed.answered_at or now
    return max(now, began + timedelta(seconds=ATTEMPTS_AT[claimed.attempt]))


def nudged(identifier: str) -> tuple[str, int]:
    """The order and the place that a nudge is about."""
    order_id, _, n = identifier.rpartition("#")
    return order_id, int(n)
