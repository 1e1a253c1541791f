"""How urgent the end of a certificate is, by its time and by whether a renewal comes by itself: the one rule
for lists, reports, alerts and everything that shows a certificate."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.defaults import DEFAULT_RENEWAL_POLICY
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.renewal.planning import RenewalPlan, plan_of
from certctl.domain.renewal.policies import RenewalPolicy

SOON = timedelta(hours=72)
"""Somebody has to act on certificates that expire sooner and are not renewed."""
AT_ONCE = timedelta(hours=24)

type RenewalPolicies = Mapping[str, RenewalPolicy]
"""The renewal policies by id, with the default one; empty if nothing is known of them."""


def urgency_of(certificate: Certificate, policies: RenewalPolicies, now: datetime) -> Urgency | None:
    """Critical if it has expired, or expires within 24 hours; warning if within 72. None if it expires
    later, is not in force, or a renewal comes by itself. While its policy is unknown, so is its renewal."""
    ends_at = certificate.ends_at
    if ends_at is None or ends_at >= now + SOON:
        return None
    if ends_at > now and _renews(_plan_of(certificate, policies), now):
        return None
    return Urgency.CRITICAL if ends_at < now + AT_ONCE else Urgency.WARNING


def is_renewed_by_hand(certificate: Certificate, policies: RenewalPolicies, now: datetime) -> bool:
    """Whether it is in force and no renewal comes by itself. While its policy is unknown, so is its
    renewal."""
    return certificate.ends_at is not None and not _renews(_plan_of(certificate, policies), now)


def has_stopped_client(certificate: Certificate, now: datetime) -> bool:
    """Whether its ACME client was reported as stopped, and it is in force: an expired one is listed as
    such."""
    ends_at = certificate.ends_at
    return certificate.acme_stopped_at is not None and ends_at is not None and ends_at > now


def may_need_a_person(certificate: Certificate) -> bool:
    """Whether its renewal goes on or has failed, or its ACME client has stopped: an index has these while
    they are in force, so that nobody reads all that expire to find the few that are stuck."""
    has_news = certificate.renewal_state is not RenewalState.IDLE
    return has_news or certificate.acme_stopped_at is not None


def longest_window(policies: RenewalPolicies) -> timedelta:
    """No renewal is due sooner before the end of a certificate."""
    return timedelta(days=max((each.renewal_window_days for each in policies.values()), default=0))


def _plan_of(certificate: Certificate, policies: RenewalPolicies) -> RenewalPlan | None:
    """The plan; for a missing policy by the default one, as the schedule plans."""
    policy = policies.get(certificate.renewal_policy_id) or policies.get(DEFAULT_RENEWAL_POLICY)
    return plan_of(certificate, policy) if policy else None


def _renews(plan: RenewalPlan | None, now: datetime) -> bool:
    return plan is not None and plan.comes_by_itself(now)
