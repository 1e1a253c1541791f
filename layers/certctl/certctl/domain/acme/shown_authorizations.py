"""Authorizations as clients see them (RFC 8555 sections 7.1.4 and 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certctl.domain.acme.attempts import retry_after
from certctl.domain.acme.authorizations import (
    TRUSTED_TOKEN,
    Authorization,
    AuthorizationStatus,
    ChallengeError,
    trusted_challenge,
)
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.identifiers import Identifier
from certctl.domain.acme.orders import Order

_DECIDED = (AuthorizationStatus.VALID, AuthorizationStatus.INVALID)


class ChallengeStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    VALID = "valid"
    INVALID = "invalid"


@dataclass(frozen=True)
class ShownChallenge:
    type: ChallengeType
    token: str
    status: ChallengeStatus
    validated_at: datetime | None = None
    error: ChallengeError | None = None


@dataclass(frozen=True)
class ShownAuthorization:
    """`retry_after`: seconds until polling again is worthwhile; None if nothing is being validated."""

    order_id: str
    n: int
    identifier: Identifier
    status: AuthorizationStatus
    expires_at: datetime
    challenges: Sequence[ShownChallenge]
    retry_after: int | None = None

    def challenge(self, type: str) -> ShownChallenge | None:
        return next((each for each in self.challenges if each.type == type), None)


def shown_authorization(authorization: Authorization, now: datetime) -> ShownAuthorization:
    """Once it is decided, the challenge that decided it alone."""
    is_processed = authorization.answered is not None and _is_pending(authorization, now)
    return ShownAuthorization(
        authorization.order_id,
        authorization.n,
        authorization.identifier,
        authorization.status_at(now),
        authorization.expires_at,
        [_challenge(authorization, each, now) for each in _offered(authorization)],
        retry_after(authorization, now) if is_processed else None,
    )


def trusted_authorization(order: Order, n: int, now: datetime) -> ShownAuthorization:
    """An authorization of an order in the mode trusted, which stores none: valid from the beginning."""
    identifier = order.identifiers[n]
    challenge = ShownChallenge(
        trusted_challenge(identifier), TRUSTED_TOKEN, ChallengeStatus.VALID, order.created_at
    )
    return ShownAuthorization(
        order.id, n, identifier, _trusted_status(order, n, now), order.expires_at, [challenge]
    )


def _trusted_status(order: Order, n: int, now: datetime) -> AuthorizationStatus:
    if n in order.deactivated:
        return AuthorizationStatus.DEACTIVATED
    return AuthorizationStatus.EXPIRED if order.expires_at <= now else AuthorizationStatus.VALID


def _offered(authorization: Authorization) -> Sequence[ChallengeType]:
    if authorization.answered is not None and authorization.status in _DECIDED:
        return [authorization.answered]
    return authorization.challenges


def _challenge(authorization: Authorization, type: ChallengeType, now: datetime) -> ShownChallenge:
    if authorization.answered is not type:
        return ShownChallenge(type, authorization.token, ChallengeStatus.PENDING)
    status = _status_of_answered(authorization, now)
    error = None if status is ChallengeStatus.VALID else authorization.error
    return ShownChallenge(type, authorization.token, status, authorization.validated_at, error)


def _status_of_answered(authorization: Authorization, now: datetime) -> ChallengeStatus:
    if authorization.validated_at is not None:
        return ChallengeStatus.VALID
    return ChallengeStatus.PROCESSING if _is_pending(authorization, now) else ChallengeStatus.INVALID


def _is_pending(authorization: Authorization, now: datetime) -> bool:
    return authorization.status_at(now) is AuthorizationStatus.PENDING
