"""Plans the certificates anew whose renewal policy was edited: in slices, so that it can be interrupted."""

from collections.abc import Callable
from datetime import datetime, timedelta

from certctl.domain.catalog import Kind
from certctl.domain.certificates import Certificate
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.renewal_policies import RenewalPolicy
from certctl.domain.renewals import plan_of
from certctl.observability import logger
from certctl.store.catalog import CatalogStore
from certctl.store.certificates import CertificateStore
from certctl.store.database import Database
from certctl.store.renewal_state import Replan, ReplanStore

SETTLED_AFTER = timedelta(minutes=2)
"""Every process has forgotten the policy of before by then: the catalog is remembered for a minute."""
_SLICE = 100


class Replanning:
    """`policy_of` is not older than `SETTLED_AFTER`."""

    def __init__(
        self,
        database: Database,
        replans: ReplanStore,
        catalog: CatalogStore,
        certificates: CertificateStore,
        policy_of: Callable[[str], RenewalPolicy],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._replans = replans
        self._catalog = catalog
        self._certificates = certificates
        self._policy_of = policy_of
        self._now = now

    def run(self, may_go_on: Callable[[], bool]) -> int:
        """How many certificates got another time. Raises Unavailable: the next run goes on from there."""
        planned = 0
        for replan in self._replans.waiting():
            if self._now() >= replan.marked_at + SETTLED_AFTER:
                planned += self._of_policy(replan, may_go_on)
        return planned

    def _of_policy(self, replan: Replan, may_go_on: Callable[[], bool]) -> int:
        planned, after = 0, replan.after
        try:
            while may_go_on():
                page = self._catalog.referrers(Kind.RENEWAL_POLICY, replan.policy_id, _SLICE, after)
                ids = [r.removeprefix("certificate#") for r in page.referrers if r.startswith("certificate#")]
                planned += sum(map(self._plan, self._certificates.get_many(ids)))
                after = page.next_after
                if after is None:
                    self._database.write_or_refuse(self._replans.done_step(replan))
                    break
                self._database.write_or_refuse(self._replans.advance_step(replan, after))
        except ChangedMeanwhile:
            logger.info("the policy was edited again: from the start", extra={"id": replan.policy_id})
        return planned

    def _plan(self, certificate: Certificate) -> bool:
        """False where there is nothing to plan, or somebody saved it meanwhile, which planned it."""
        if plan_of(certificate, self._policy_of(certificate.renewal_policy_id)) is None:
            return False
        try:
            self._database.write_or_refuse(self._certificates.replan_step(certificate))
        except ChangedMeanwhile:
            return False
        return True
