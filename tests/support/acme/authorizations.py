"""Authorizations of an order whose client answered a challenge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from certctl.domain.acme.attempts import answered
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.identifiers import Identifier, IdentifierType
from tests.support.acme.proofs import ACCOUNT_URL, THUMBPRINT, TOKEN

ANSWERED_AT = datetime(2027, 3, 1, 12, tzinfo=UTC)


def pending(name: str = "www.example.com", order_id: str = "ord-1", n: int = 0) -> Authorization:
    is_address = name.replace(".", "").isdigit() or ":" in name
    return Authorization(
        order_id=order_id,
        n=n,
        account_id="acct-1",
        identifier=Identifier(IdentifierType.IP if is_address else IdentifierType.DNS, name),
        challenges=(ChallengeType.HTTP_01, ChallengeType.DNS_01, ChallengeType.TLS_ALPN_01),
        token=TOKEN,
        status=AuthorizationStatus.PENDING,
        expires_at=ANSWERED_AT + timedelta(days=7),
    )


def awaiting(
    type: ChallengeType = ChallengeType.HTTP_01,
    name: str = "www.example.com",
    now: datetime = ANSWERED_AT,
    order_id: str = "ord-1",
) -> Authorization:
    """An authorization whose first attempt is due."""
    made = answered(pending(name, order_id), type, THUMBPRINT, ACCOUNT_URL, now)
    return replace(made, expires_at=now + timedelta(days=7))
