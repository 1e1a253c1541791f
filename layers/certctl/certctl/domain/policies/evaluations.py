"""The progress of a policy's evaluation over the existing certificates.

Functions cache policies for a minute, and a request takes up to half a minute: within two minutes of a change
others may still decide by the previous policy. What was evaluated within them is evaluated again afterwards.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.policies.statuses import EvaluationState

SETTLED_AFTER = timedelta(minutes=2)
_AFTER_ALL = "~"


@dataclass(frozen=True)
class EvaluationReport:
    """`violations` are open now; `begun` and `ended` were opened and closed by this evaluation. `failed`
    certificates could not be evaluated."""

    job_id: str
    state: EvaluationState
    policy_version: int
    evaluated: int
    total: int | None
    failed: int
    violations: int
    begun: int
    ended: int
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True)
class PolicyEvaluation:
    """`position` is where the scan continues, empty at its start. Certificates up to `repeat_until` were
    evaluated too early; empty if none was."""

    policy_id: str
    policy_name: str
    policy_revision: int
    changed_at: datetime
    total: int | None = None
    evaluated: int = 0
    failed: int = 0
    position: str = ""
    repeat_until: str = ""
    is_repeating: bool = False
    is_over: bool = False

    @property
    def settled_at(self) -> datetime:
        return self.changed_at + SETTLED_AFTER

    def must_wait(self, now: datetime) -> bool:
        return self.is_repeating and not self.is_over and now < self.settled_at

    def of(self, total: int) -> "PolicyEvaluation":
        return self if self.total is not None else replace(self, total=total)

    def walked(
        self, position: str | None, evaluated: int, failed: int, began: datetime
    ) -> "PolicyEvaluation":
        """The progress after a chunk of certificates that was started then; `position` is None at the end."""
        place = position or _AFTER_ALL
        if self.is_repeating:
            is_over = place >= self.repeat_until
            return replace(self, position=place, failed=self.failed + failed, is_over=is_over)
        repeat_until = place if began < self.settled_at else self.repeat_until
        counted = self._counting(evaluated, failed)
        if position is not None:
            return replace(counted, position=position, repeat_until=repeat_until)
        return counted._after_all(repeat_until)

    def emptying(self, ended: int) -> "PolicyEvaluation":
        """The progress after a chunk of violations that were ended, because the policy is not in force."""
        return self if self.is_repeating else self._counting(ended, 0)

    def emptied(self, began: datetime) -> "PolicyEvaluation":
        """The progress if the chunk that was started then found none left."""
        if self.is_repeating:
            return replace(self, is_over=True)
        return self._after_all(_AFTER_ALL if began < self.settled_at else "")

    def _counting(self, evaluated: int, failed: int) -> "PolicyEvaluation":
        done = self.evaluated + evaluated
        total = None if self.total is None else max(self.total, done)
        return replace(self, evaluated=done, failed=self.failed + failed, total=total)

    def _after_all(self, repeat_until: str) -> "PolicyEvaluation":
        """The evaluation after the whole scan, of which its counts are from here on."""
        return replace(
            self,
            total=self.evaluated,
            position="",
            repeat_until=repeat_until,
            is_repeating=bool(repeat_until),
            is_over=not repeat_until,
        )
