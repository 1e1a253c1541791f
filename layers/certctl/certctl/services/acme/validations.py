"""Attempts at challenges that clients have answered (ADR 73). The rows hold the truth: a nudge that is lost,
comes twice or too early costs time only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.connectors.acme.validator import DEADLINE_SECONDS, Validator
from certctl.domain.acme.attempts import attempted, given_up, proof_of
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.observability import logger, measure
from certctl.store.acme.claims import AuthorizationClaims

NEEDS = timedelta(seconds=DEADLINE_SECONDS + 5)
"""An attempt and its report: DynamoDB answers slowly at times."""


@dataclass(frozen=True)
class Validations:
    claims: AuthorizationClaims
    validator: Validator
    now: Callable[[], datetime]

    def attempt(self, order_id: str, n: int) -> None:
        """Does one attempt if one is due. Raises Unavailable if the store is down: the lease runs out, and
        the client's next poll brings the authorization back."""
        claimed = self.claims.claim(order_id, n, self.now())
        if claimed is None:
            return
        if claimed.lease_until is None or self.now() + NEEDS >= claimed.lease_until:
            self.claims.give_back(claimed)
            return
        after = self._after_attempt(claimed)
        if self.claims.complete(claimed, after):
            _count(after)
        else:
            logger.info("an authorization changed during an attempt", extra=_about(after))

    def _after_attempt(self, claimed: Authorization) -> Authorization:
        proof = proof_of(claimed)
        if proof is None:
            return given_up(claimed, self.now())
        outcome = self.validator.outcome(proof)
        return attempted(claimed, outcome, self.now())


def _count(after: Authorization) -> None:
    """Validations by their outcome, and the time that a successful one took since the client's answer."""
    logger.info("a challenge was attempted", extra=_about(after))
    match after.status:
        case AuthorizationStatus.VALID:
            measure("Count", {"AcmeValidationsSucceeded": 1})
            if after.validated_at and after.answered_at:
                seconds = (after.validated_at - after.answered_at).total_seconds()
                measure("None", {"AcmeSecondsToValid": seconds})
        case AuthorizationStatus.INVALID:
            measure("Count", {"AcmeValidationsFailed": 1})
        case _:
            measure("Count", {"AcmeValidationsRetried": 1})


def _about(after: Authorization) -> dict[str, object]:
    return {
        "order_id": after.order_id,
        "n": after.n,
        "challenge": after.answered,
        "attempt": after.attempt,
        "status": after.status,
        "error": after.error.type.value if after.error else None,
    }
