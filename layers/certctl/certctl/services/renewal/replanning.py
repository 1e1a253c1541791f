"""Plans the certificates of an edited renewal policy again, in chunks, so that it can be interrupted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.renewal.planning import plan_of
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.database import Database
from certctl.store.follow_ups import FollowUp, FollowUpStore

_SLICE = 100


@dataclass(frozen=True)
class RenewalReplanner:
    """`cached` is not older than `follow_ups.SETTLED_AFTER`."""

    database: Database
    follow_ups: FollowUpStore
    catalog: CatalogStore
    certificates: CertificateStore
    cached: CachedCatalog
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of certificates whose plan changed. Raises Unavailable; the next run continues."""
        return self.follow_ups.work_off(self.now(), partial(self._settle, has_time))

    def _settle(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        """A concurrent edit of the policy restarts it."""
        read = partial(self.catalog.certificates_of, Kind.RENEWAL_POLICY, follow_up.id, _SLICE)
        for ids in self.follow_ups.slices(follow_up, read, has_time):
            yield sum(map(self._plan, self.certificates.get_many(ids)))

    def _plan(self, certificate: Certificate) -> bool:
        """False if the plan is unchanged, or a concurrent save has planned the certificate."""
        if plan_of(certificate, self.cached.renewal_policy(certificate.renewal_policy_id)) is None:
            return False
        try:
            self.database.write_or_refuse(self.certificates.replan_step(certificate))
        except ChangedMeanwhile:
            return False
        return True
