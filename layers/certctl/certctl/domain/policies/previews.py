"""What a policy that is not stored yet would find: for people who write it."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.catalog.entries import Entry
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.rules import PolicyFacts, evaluate

_MOST_REASONS = 5
_LONGEST_REASON = 300


@dataclass(frozen=True)
class ForeseenViolation:
    """A certificate that would violate the policy. `reasons` are the first of `reason_count`, each shortened:
    a certificate has up to 100 names, and a policy lists up to 100 domains."""

    certificate_id: str
    common_name: str
    team_id: str
    reasons: tuple[str, ...]
    reason_count: int


@dataclass(frozen=True)
class PolicyFindings:
    """Findings in one part of the inventory: `examined` certificates were read, `evaluated` of them with
    success, `failed` could not be. The others are revoked or archived, or not the caller's to read."""

    violations: Sequence[ForeseenViolation]
    examined: int
    evaluated: int
    failed: int


def foreseen(draft: Entry[Policy], facts: PolicyFacts) -> ForeseenViolation | None:
    """The violation that the rules for stored policies find; None if there is none."""
    breaches = evaluate([draft], facts)
    if not breaches:
        return None
    certificate, reasons = facts.certificate, breaches[0].reasons
    return ForeseenViolation(
        certificate.id,
        certificate.common_name,
        certificate.team_id,
        tuple(_shortened(reason) for reason in reasons[:_MOST_REASONS]),
        len(reasons),
    )


def _shortened(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 3]}..."
