"""The renewal policy that exists from the start, for reads that need no other default record."""

from datetime import UTC, datetime

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.defaults import DEFAULT_RENEWAL_POLICY
from certctl.domain.renewal.policies import RenewalPolicy

FIRST_RELEASE = datetime(2026, 11, 1, tzinfo=UTC)
DEFAULT_RENEWAL_PLACE = Kind.RENEWAL_POLICY, DEFAULT_RENEWAL_POLICY


def default_renewal_policy(now: datetime) -> Entry[RenewalPolicy]:
    return Entry(*DEFAULT_RENEWAL_PLACE, "Default renewal policy", RenewalPolicy(), now, now)


BUILT_IN_RENEWAL_POLICY = default_renewal_policy(FIRST_RELEASE)
