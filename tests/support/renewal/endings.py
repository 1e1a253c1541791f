"""Certificates whose ends are near or far, and a second opinion on whether somebody has to act."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState
from certctl.domain.renewal.policies import RenewalPolicy
from tests.support.agents.fleet import live

POLICIES = {
    "rp-default": RenewalPolicy(),
    "rp-by-hand": RenewalPolicy(auto_renew=False),
    "rp-last-day": RenewalPolicy(renewal_window_days=1),
}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Ending:
    lifetime: timedelta
    left: timedelta
    policy_id: str
    lifecycle: Lifecycle
    renewal_state: RenewalState

    @property
    def is_urgent(self) -> bool:
        """Whether it is in force, ends within 72 hours, and no renewal comes by itself
        (docs/renewal.md#what-is-urgent)."""
        ends_soon = self.lifecycle is Lifecycle.ACTIVE and self.left < 72 * _HOUR
        return ends_soon and (self.left <= timedelta() or not self._is_renewed_in_time)

    @property
    def _is_renewed_in_time(self) -> bool:
        policy = POLICIES[self.policy_id]
        window = min(timedelta(days=policy.renewal_window_days), self.lifetime / 3)
        has_failed = self.renewal_state is RenewalState.FAILED
        return policy.auto_renew and not has_failed and self.left > window * 4 / 5

    def certificate(self, identifier: str, now: datetime) -> Certificate:
        is_open = self.renewal_state is RenewalState.IN_PROGRESS
        return live(
            identifier,
            now - timedelta(days=1),
            now + self.left,
            not_before=now + self.left - self.lifetime,
            renewal_policy_id=self.policy_id,
            lifecycle=self.lifecycle,
            renewal_state=self.renewal_state,
            open_job_id="job-1" if is_open else None,
        )


def endings() -> st.SearchStrategy[Ending]:
    """Mostly around 72 hours, and in force."""
    in_force = st.sampled_from([Lifecycle.ACTIVE] * 4 + [Lifecycle.ON_HOLD, Lifecycle.REVOKED])
    return st.builds(
        Ending,
        lifetime=st.integers(6, 24 * 100).map(lambda hours: hours * _HOUR),
        left=st.integers(-60 * 24, 60 * 24 * 5).map(lambda minutes: timedelta(minutes=minutes)),
        policy_id=st.sampled_from(sorted(POLICIES)),
        lifecycle=in_force,
        renewal_state=st.sampled_from(RenewalState),
    )
