"""Maintenance of policies: evaluates policies again after an edit of a profile or renewal policy that they
use, and those of an earlier release, which were never evaluated."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.store.follow_ups import FollowUp, FollowUpStore
from certctl.unit_of_work.catalog import CatalogRecords

_ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_GO_BY = {
    Kind.PROFILE: (PolicyType.CERTIFICATE_LIFETIME, PolicyType.RENEWAL_LEAD_TIME),
    Kind.RENEWAL_POLICY: (PolicyType.RENEWAL_LEAD_TIME,),
}


class PolicyReviews:
    """Checks once in the life of a process whether each policy was ever evaluated: a release starts new
    processes."""

    def __init__(
        self, records: CatalogRecords, follow_ups: FollowUpStore, now: Callable[[], datetime]
    ) -> None:
        self._records = records
        self._follow_ups = follow_ups
        self._now = now
        self._has_looked = False

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of evaluations that were started. Raises Unavailable: the next run does the rest."""
        started = self._follow_ups.work_off(self._now(), partial(self._review, has_time))
        if not self._has_looked:
            started += self._start_all(self._unseen())
            self._has_looked = True
        return started

    def _review(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        types = _GO_BY[Kind(follow_up.id.partition("#")[0])]
        policies = [policy for policy in self._records.book.policies() if policy.content.type in types]
        for _ in self._follow_ups.slices(follow_up, lambda _: ([], None), has_time):
            yield self._start_all(policies)

    def _unseen(self) -> list[Entry[Policy]]:
        policies = self._records.book.policies()
        seen = self._records.evaluations().reports() if policies else {}
        return [policy for policy in policies if policy.id not in seen]

    def _start_all(self, policies: Sequence[Entry[Policy]]) -> int:
        for policy in policies:
            units, evaluations = self._records.units, self._records.evaluations()
            evaluations.begin(units, _ACTOR, policy, self._now()).commit()
        return len(policies)
