"""When a certificate is renewed and when its expiry alerts are sent: pure, of a record and its policy.

The rules and their consequences are in docs/renewal.md; why one time is stored: ADR 13.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zlib import crc32

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.domain.renewal.windows import RenewalWindow, window
from certctl.domain.retries import RetrySchedule

LATE_AFTER = timedelta(hours=2)
"""The schedule runs hourly: an alert later than this was missed by a run."""
LONGEST_RETRY_WAIT = timedelta(hours=24)
WINDOW_NUDGE = "window#"
"""Prefix of a certificate's id in a nudge that asks its issuer for the renewal window. No job has such an
id."""
WAIT_AFTER_CANCELLING = timedelta(hours=24)
LONGEST_WINDOW = 1 / 3
OVERDUE_AFTER = 0.2
CLIENT_OVERDUE_AFTER = timedelta(hours=24)
"""ACME clients look once or twice a day: within a day of the time that is due, none has stopped."""
EARLIEST_WITH_RENEWAL = 1 / 4
EARLIEST_WITHOUT = 1 / 2


@dataclass(frozen=True)
class ExpiryAlert:
    """The tightest threshold that has passed, in days before the end; `due_at` is when the first of the
    thresholds that it covers should have been sent."""

    threshold: int
    due_at: datetime
    is_late: bool


@dataclass(frozen=True)
class DueAlerts:
    """What is to be reported now: the end of the version, and that its ACME client has stopped renewing."""

    expiry: ExpiryAlert | None = None
    has_client_stopped: bool = False

    def __bool__(self) -> bool:
        return self.expiry is not None or self.has_client_stopped


@dataclass(frozen=True)
class RenewalPlan:
    """A live certificate's current version, valid from `begins` to `ends`, under its policy."""

    certificate: Certificate
    policy: RenewalPolicy
    begins: datetime
    ends: datetime

    @property
    def next_action_at(self) -> datetime | None:
        """The earliest of renewal, alert and window query; None if none will be due in the current state."""
        wanted = (self.renew_at, self.alert_at, self.certificate.ari_refresh_at)
        moments = [moment for moment in wanted if moment is not None]
        return min(moments, default=None)

    @property
    def renew_at(self) -> datetime | None:
        """When the next Renewal job is opened; None while one is open, without auto_renew, and if an ACME
        client renews."""
        if self.has_client or not self.policy.auto_renew or self.certificate.open_job_id is not None:
            return None
        return max(self.due_at, self._again_at)

    def comes_by_itself(self, now: datetime) -> bool:
        """Whether a renewal is on its way in time, so that nobody has to act: the policy renews, the last
        renewal has not failed, and the next one begins before the end and is not overdue. An ACME client
        renews, and repeats what fails, until it is overdue."""
        if self.has_client:
            return now < self.overdue_at
        if not self.policy.auto_renew or self.certificate.renewal_state is RenewalState.FAILED:
            return False
        begins_in_time = self.renew_at is None or self.renew_at < self.ends
        return begins_in_time and now < self.overdue_at

    def asks_issuer(self, now: datetime) -> bool:
        """Whether to query the CA's suggested window again (RFC 9773 section 4.3)."""
        refresh_at = self.certificate.ari_refresh_at
        return refresh_at is not None and refresh_at <= now

    @property
    def alert_at(self) -> datetime | None:
        """When the next alert is due; None after the tightest one."""
        thresholds = [self._moment_of(max(self._not_alerted))] if self._not_alerted else []
        of_client = [self.overdue_at] if self._watches_client else []
        return min([*thresholds, *of_client], default=None)

    def alerts_due(self, now: datetime) -> DueAlerts:
        """The alerts of one run. That of an ACME client is sent once, and the thresholds do not know it."""
        return DueAlerts(self.alert_due(now), self._watches_client and self.overdue_at <= now)

    def alert_due(self, now: datetime) -> ExpiryAlert | None:
        """One alert for all thresholds that have passed and were not sent."""
        passed = [days for days in self._not_alerted if self._moment_of(days) <= now]
        if not passed:
            return None
        due_at = self._moment_of(max(passed))
        return ExpiryAlert(min(passed), due_at, now - due_at > LATE_AFTER)

    @property
    def window(self) -> timedelta:
        days = timedelta(days=self.policy.renewal_window_days)
        return min(days, self._lifetime * LONGEST_WINDOW)

    @cached_property
    def due_at(self) -> datetime:
        """When this version is to be renewed: by the policy, or earlier if the CA suggests a window."""
        return self.by_policy if self._suggested is None else min(self.by_policy, self._suggested)

    @property
    def has_client(self) -> bool:
        """Whether an ACME client renews it, by orders of its own."""
        return self.certificate.acme is not None

    @property
    def by_policy(self) -> datetime:
        """When the policy has this version renewed, whatever a CA or a campaign suggests."""
        return self.ends - self.window

    @property
    def overdue_at(self) -> datetime:
        """When a renewal in time would have ended. An ACME client that does not follow a campaign's window
        has not stopped: the campaign lists it."""
        if not self.has_client:
            return self.due_at + self.window * OVERDUE_AFTER
        patience = max(self.window * OVERDUE_AFTER, CLIENT_OVERDUE_AFTER)
        return self.by_policy + min(patience, self.window / 2)

    def client_window(self, issued_at: datetime | None) -> RenewalWindow:
        """The window that the ACME client of a version of that time is told: by the policy, or that of a
        campaign if it ends sooner, and had begun by then or later."""
        made, known = window(self.by_policy, self.begins, self.ends), self.certificate
        is_later = issued_at is not None and known.ari_start is not None and issued_at > known.ari_start
        if known.ari_campaign_id is not None and is_later:
            return made
        return made.before(known.ari_start, known.ari_end)

    @property
    def _watches_client(self) -> bool:
        """Whether it is to be reported if its ACME client stops."""
        return self.has_client and self.certificate.acme_stopped_at is None

    @property
    def _is_renewed(self) -> bool:
        return self.has_client or self.policy.auto_renew

    @property
    def _suggested(self) -> datetime | None:
        """RFC 9773 section 4.2 asks for a random point; this one is as good, and the same at each save."""
        start, end = self.certificate.ari_start, self.certificate.ari_end
        if start is None or end is None:
            return None
        return start + (end - start) * (crc32(self.certificate.id.encode()) / 2**32)

    @property
    def _again_at(self) -> datetime:
        """When to retry after a job that ended without a version."""
        ended_at = self.certificate.renewal_ended_at
        if ended_at is None:
            return self.due_at
        if self.certificate.renewal_state is not RenewalState.FAILED:
            return ended_at + WAIT_AFTER_CANCELLING
        base, cap = self.policy.retry_interval_seconds, LONGEST_RETRY_WAIT.total_seconds()
        waits = RetrySchedule(1, base, cap)
        return ended_at + timedelta(seconds=waits.wait_after(max(self.certificate.renewal_failures - 1, 0)))

    @cached_property
    def _not_alerted(self) -> list[int]:
        """The thresholds that are tighter than all that were sent, and than the alert that an ACME client has
        stopped."""
        earliest = EARLIEST_WITH_RENEWAL if self._is_renewed else EARLIEST_WITHOUT
        days = (
            d for d in self.policy.alert_thresholds_days if timedelta(days=d) <= self._lifetime * earliest
        )
        if self.has_client:
            days = (each for each in days if self.ends - timedelta(days=each) > self.overdue_at)
        sent = self.certificate.alerted_thresholds
        return [each for each in days if not sent or each < min(sent)]

    def _moment_of(self, threshold: int) -> datetime:
        """The time of the alert; with auto_renew, not before the renewal is overdue or has failed."""
        passes_at = self.ends - timedelta(days=threshold)
        if self.has_client or not self.policy.auto_renew:
            return passes_at
        failed_at = self.certificate.renewal_ended_at if self.certificate.renewal_failures else None
        return max(passes_at, min(self.overdue_at, failed_at or self.overdue_at))

    @property
    def _lifetime(self) -> timedelta:
        return self.ends - self.begins


def plan_of(certificate: Certificate, policy: RenewalPolicy) -> RenewalPlan | None:
    """The plan; None without a version, and while held, revoked or archived."""
    begins, ends = certificate.not_before, certificate.expires_at
    if certificate.lifecycle is not Lifecycle.ACTIVE or begins is None or ends is None:
        return None
    return RenewalPlan(certificate, policy, begins, ends)


def planned(certificate: Certificate, policy_of: Callable[[str], RenewalPolicy]) -> RenewalPlan | None:
    """The policy is fetched only if something may be planned: a revocation does not wait for it."""
    if certificate.lifecycle is not Lifecycle.ACTIVE:
        return None
    return plan_of(certificate, policy_of(certificate.renewal_policy_id))


def next_action_at(certificate: Certificate, policy_of: Callable[[str], RenewalPolicy]) -> datetime | None:
    """The certificate's entry in the due index."""
    plan = planned(certificate, policy_of)
    return plan.next_action_at if plan else None
