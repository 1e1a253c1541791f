"""The progress of an order, as its job stores it: a plan, then a token too, then the certificate's ARN."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.issuing.external import Pending

REPEATABLE = timedelta(minutes=4)
"""AWS forgets a token after five minutes: the same request would then be another certificate. A call takes at
most STEP_SECONDS, so one that begins within this time ends before."""
_AT_ONCE = timedelta()


@dataclass(frozen=True)
class Plan:
    """What AWS is asked to sign. It stays, whatever becomes of the issuer's record and the profile: a token
    counts at one CA, and with the same request only."""

    ca_arn: str
    template_arn: str
    signing_algorithm: str
    backdated: timedelta
    lifetime: timedelta

    def pending(self) -> Pending:
        """Nothing is requested yet, so nothing may be signed."""
        return Pending({"plan": self._stored}, _AT_ONCE, may_be_signed=False, needs_cleanup=False)

    def with_token(self, token: str, now: datetime) -> "TokenOrder":
        begins = now.replace(microsecond=0) - self.backdated
        return TokenOrder(self, token, now, begins, begins + self.lifetime)

    @property
    def _stored(self) -> dict[str, Any]:
        return {
            "ca_arn": self.ca_arn,
            "template_arn": self.template_arn,
            "signing_algorithm": self.signing_algorithm,
            "backdated": int(self.backdated.total_seconds()),
            "lifetime": int(self.lifetime.total_seconds()),
        }


@dataclass(frozen=True)
class TokenOrder:
    """An order that AWS is, or was, asked for by `token`. It is stored before the call."""

    plan: Plan
    token: str
    stored_at: datetime
    not_before: datetime
    not_after: datetime
    may_be_known: bool = False
    """Whether a request with the token may have reached AWS without a response."""
    certificate_arn: str | None = None

    def is_repeatable(self, now: datetime) -> bool:
        return now < self.stored_at + REPEATABLE

    def in_doubt(self) -> "TokenOrder":
        return replace(self, may_be_known=True)

    def issued_as(self, certificate_arn: str) -> "TokenOrder":
        return replace(self, certificate_arn=certificate_arn)

    def pending(self, wait: timedelta = _AT_ONCE) -> Pending:
        times = {name: getattr(self, name).isoformat() for name in ("stored_at", "not_before", "not_after")}
        progress = {
            "plan": self.plan._stored,
            "token": self.token,
            "may_be_known": self.may_be_known,
            "certificate_arn": self.certificate_arn,
            **times,
        }
        return Pending(progress, wait, may_be_signed=True, needs_cleanup=False)


def order_of(progress: Mapping[str, Any]) -> Plan | TokenOrder:
    stored = progress["plan"]
    plan = Plan(
        ca_arn=stored["ca_arn"],
        template_arn=stored["template_arn"],
        signing_algorithm=stored["signing_algorithm"],
        backdated=timedelta(seconds=stored["backdated"]),
        lifetime=timedelta(seconds=stored["lifetime"]),
    )
    if "token" not in progress:
        return plan
    return TokenOrder(
        plan=plan,
        token=progress["token"],
        stored_at=datetime.fromisoformat(progress["stored_at"]),
        not_before=datetime.fromisoformat(progress["not_before"]),
        not_after=datetime.fromisoformat(progress["not_after"]),
        may_be_known=progress["may_be_known"],
        certificate_arn=progress["certificate_arn"],
    )
