"""What a revoked EAB key or ACME account leaves open: the jobs of its orders are cancelled."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from certctl.domain.acme.accounts import is_account_id
from certctl.domain.acme.orders import Order
from certctl.domain.audit.events import Actor, ActorType, changes
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.acme.keys import ENDINGS
from certctl.store.acme.orders import OrderStore
from certctl.store.follow_ups import FollowUp, FollowUpStore
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

_ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_PAGE = 100


@dataclass(frozen=True)
class AcmeEndings:
    """Follow-ups of revoked EAB keys and ACME accounts. What was finalized before has a job
    then: one that a worker holds is left to it, the others are cancelled."""

    stores: Stores
    units: Units
    now: Callable[[], datetime]

    @cached_property
    def _follow_ups(self) -> FollowUpStore:
        return FollowUpStore(self.units.database, ENDINGS)

    @cached_property
    def _accounts(self) -> AcmeAccountStore:
        return AcmeAccountStore(self.units.database)

    @cached_property
    def _orders(self) -> OrderStore:
        return OrderStore(self.units.database)

    def run(self, has_time: Callable[[], bool]) -> int:
        """The number of jobs that were cancelled. Raises Unavailable: the next run continues there."""
        return self._follow_ups.work_off(self.now(), partial(self._settle, has_time))

    def _settle(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        read = self._of_account if is_account_id(follow_up.id) else self._of_eab_key
        reason = f"{follow_up.id} is revoked"
        for job_ids in self._follow_ups.slices(follow_up, partial(read, follow_up.id), has_time):
            yield sum(self._cancel(job_id, reason) for job_id in job_ids)

    def _of_account(self, account_id: str, before: str | None) -> tuple[list[str], str | None]:
        page = self._orders.page(account_id, before, _PAGE)
        return self._open_jobs(page.orders), page.next_before

    def _of_eab_key(self, eab_key_id: str, position: str | None) -> tuple[list[str], str | None]:
        """`position` is the ACME account, and its order to continue before."""
        account_id, _, before = (position or "").partition("/")
        if not before:
            page = self._accounts.page_of_key(eab_key_id, account_id or None, 1)
            if not page.accounts:
                return [], page.next_after
            account_id = page.accounts[0].id
        job_ids, following = self._of_account(account_id, before or None)
        return job_ids, f"{account_id}/{following or ''}"

    def _open_jobs(self, orders: Sequence[Order]) -> list[str]:
        job_ids = [each.job_id for each in orders if each.job_id]
        found = self.stores.jobs.get_many_now(job_ids) if job_ids else []
        return [job.id for job in found if _is_cancelled(job)]

    @retry_on_conflict
    def _cancel(self, job_id: str, reason: str) -> bool:
        job = self.stores.jobs.get(job_id)
        if job is None or not _is_cancelled(job):
            return False
        before, now = self.stores.certificate_of(job), self.now()
        unit = self.units.begin(_ACTOR, job.counted_with, now)
        unit.cancel([job], reason)
        ended = job.ended(JobStatus.CANCELLED, reason)
        unit.event("job_cancelled", job_resource(ended), changes(job, ended))
        if before is not None and before.open_job_id == job.id:
            unit.save(before, before.stopped(now), event=None)
        unit.commit()
        return True


def _is_cancelled(job: Job) -> bool:
    return not job.status.is_terminal and not job.is_for_issuer and job.due.lease_owner is None
