"""Authorizations and their challenges (RFC 8555 sections 7.1.4 and 7.5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.identifiers import Identifier, IdentifierType
from certctl.domain.acme.problems import ProblemType

TRUSTED_TOKEN = "trusted_by_the_external_account_binding"  # noqa: S105  # of challenges that nobody answers
"""base64url of 16 bytes or more: certbot reads no other (RFC 8555 section 8.3)."""


class AuthorizationStatus(StrEnum):
    PENDING = "pending"
    VALID = "valid"
    INVALID = "invalid"
    DEACTIVATED = "deactivated"
    EXPIRED = "expired"


@dataclass(frozen=True)
class ChallengeError:
    """Why a validation failed: never what was received."""

    type: ProblemType
    detail: str


@dataclass(frozen=True)
class Authorization:
    """One identifier of an order. `n` is its place among the order's identifiers. All challenges of an
    authorization have the `token`; `answered` is the one that the client asked to validate, with the
    `thumbprint` of its key and its `account_url` (RFC 8657) at that time. `due_at` is None if nothing is to
    be attempted; the lease is that of a validation (docs/architecture.md). A valid one was seen at one of
    `addresses`; there are none of dns-01."""

    order_id: str
    n: int
    account_id: str
    identifier: Identifier
    challenges: tuple[ChallengeType, ...]
    token: str
    status: AuthorizationStatus
    expires_at: datetime
    answered: ChallengeType | None = None
    thumbprint: str = ""
    account_url: str = ""
    answered_at: datetime | None = None
    validated_at: datetime | None = None
    addresses: tuple[str, ...] = ()
    error: ChallengeError | None = None
    attempt: int = 0
    due_at: datetime | None = None
    lease_owner: str | None = None
    lease_until: datetime | None = None

    def status_at(self, now: datetime) -> AuthorizationStatus:
        """The status, with expiry (RFC 8555 section 7.1.6)."""
        lives = self.status in (AuthorizationStatus.PENDING, AuthorizationStatus.VALID)
        return AuthorizationStatus.EXPIRED if lives and self.expires_at <= now else self.status

    @property
    def key_authorization(self) -> str:
        """RFC 8555 section 8.1."""
        return f"{self.token}.{self.thumbprint}"


def trusted_challenge(identifier: Identifier) -> ChallengeType:
    """The one challenge that a trusted authorization shows: clients look for one that they know."""
    return ChallengeType.HTTP_01 if identifier.type is IdentifierType.IP else ChallengeType.DNS_01
