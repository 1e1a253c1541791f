"""Bulk revocations: start, or dry run. `bulk_worker` does the work."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import job_over_many
from certctl.domain.jobs.statuses import JobType
from certctl.domain.revocation.bulk import Selection, bulk_revocation
from certctl.domain.revocation.requests import RevocationRequest, require_past
from certctl.services.revocation.bulk_selections import BulkSelections
from certctl.store.paging import Hit, ListPage, Position
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class BulkRevocations:
    units: Units
    selections: BulkSelections
    now: Callable[[], datetime]

    def start(self, caller: Principal, selection: Selection, wanted: RevocationRequest) -> Job:
        """One job for any number of certificates. Raises InvalidInput."""
        now = self.now()
        require_past(wanted.invalidity_date, now)
        job = _job(caller, selection, wanted, now)
        unit = self.units.begin(caller.actor, job.id, now)
        unit.create(job)
        unit.event("bulk_revocation_requested", job_resource(job), changes(None, job))
        unit.commit()
        return job

    def preview(
        self, selection: Selection, wanted: RevocationRequest, position: Position | None, per_page: int
    ) -> ListPage[Certificate]:
        """The certificates that a job started now would revoke. Raises InvalidInput."""
        bulk, now = bulk_revocation(selection, wanted), self.now()
        require_past(wanted.invalidity_date, now)
        reading = self.selections.reading(selection, now, position, per_page)

        def shown(_: Hit, certificate: Certificate) -> bool:
            return bulk.means(certificate, now, now)

        return reading.page(self.selections.indexes.load, shown)


def _job(caller: Principal, selection: Selection, wanted: RevocationRequest, now: datetime) -> Job:
    job = job_over_many(JobType.BULK_REVOCATION, Requester.of(caller), now)
    return replace(job, work=bulk_revocation(selection, replace(wanted, job_id=job.id)))
