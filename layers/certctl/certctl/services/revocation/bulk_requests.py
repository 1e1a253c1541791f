"""Bulk revocations: start, or dry run. `bulk_worker` does the work."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from certctl.domain.access.permissions import Principal
from certctl.domain.approvals import Requester
from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Due
from certctl.domain.ids import new_id
from certctl.domain.jobs import Job, JobStatus, JobType
from certctl.domain.revocation.bulk import Selection, bulk_revocation
from certctl.domain.revocation.revocations import RevocationRequest, require_past
from certctl.services.revocation.bulk_selections import BulkSelections
from certctl.store.paging import Hit, ListPage, Position, page_of, rows_to_read
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.unit import Units

# Turns in a row that a worker may be lost in, without a certificate of progress.
_MAX_LOST_TURNS = 5


class BulkRevocations:
    def __init__(self, units: Units, selections: BulkSelections, now: Callable[[], datetime]) -> None:
        self._units = units
        self._selections = selections
        self._now = now

    def start(self, caller: Principal, selection: Selection, wanted: RevocationRequest) -> Job:
        """One job for any number of certificates. Raises InvalidInput."""
        now = self._now()
        require_past(wanted.invalidity_date, now)
        job = _job(caller, selection, wanted, now)
        unit = self._units.begin(caller.actor, job.id, now)
        unit.create(job)
        unit.event("bulk_revocation_requested", job_resource(job), changes(None, job))
        unit.commit()
        return job

    def preview(
        self, selection: Selection, wanted: RevocationRequest, position: Position | None, per_page: int
    ) -> ListPage[Certificate]:
        """The certificates that a job started now would revoke. Raises InvalidInput."""
        bulk, now = bulk_revocation(selection, wanted), self._now()
        require_past(wanted.invalidity_date, now)
        part = self._selections.part(selection, now, position, rows_to_read(per_page, all_shown=False))

        def shown(_: Hit, certificate: Certificate) -> bool:
            return bulk.means(certificate, now, now)

        return page_of(part.walked, part.records, shown, per_page)


def _job(caller: Principal, selection: Selection, wanted: RevocationRequest, now: datetime) -> Job:
    job_id, requester = new_id("job", now), Requester.of(caller)
    return Job(
        id=job_id,
        type=JobType.BULK_REVOCATION,
        certificate_id=None,
        team_id=None,
        status=JobStatus.PENDING,
        created_at=now,
        scheduled_at=now,
        requested_by=requester.key_id,
        subject_id=requester.subject_id,
        max_attempts=_MAX_LOST_TURNS,
        bulk=bulk_revocation(selection, replace(wanted, job_id=job_id)),
        due=Due(due_at=now),
    )
