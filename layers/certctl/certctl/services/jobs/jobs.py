"""Jobs: list, cancel, approve, reject."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Due
from certctl.domain.errors import Conflict, InvalidInput, NotFound, SecondPersonRequired
from certctl.domain.filters import given
from certctl.domain.jobs.approvals import Requester
from certctl.domain.jobs.filters import JobFilter
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobState, JobStatus, JobType
from certctl.domain.policies.name_limits import require_names
from certctl.domain.sorting import CreationSort
from certctl.store.jobs.lists import JobIndexes
from certctl.store.paging import Hit, ListPage, Position, Stage, in_order
from certctl.store.reading import read_page
from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
from certctl.unit_of_work.jobs.approved import changes_since_asked
from certctl.unit_of_work.jobs.failures import fail_unclaimed
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class _Plan:
    """The stages to read, and the filters that they already apply."""

    stages: list[Stage]
    settles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Jobs:
    stores: Stores
    units: Units
    indexes: JobIndexes
    clearance: IssuancePreconditions
    nudges: Nudges
    now: Callable[[], datetime]

    def page(
        self,
        caller: Principal,
        wanted: JobFilter,
        position: Position | None,
        per_page: int,
        sort: CreationSort = CreationSort.NEWEST,
    ) -> ListPage[Job]:
        """Raises InvalidInput for a position outside this list."""
        wanted.check()
        plan = self._plan(wanted, newest_first=sort is CreationSort.NEWEST)
        reads_all = caller.scope_of(Permission.JOBS_READ) is Scope.ALL
        all_shown = reads_all and given(wanted).keys() <= plan.settles
        reading = read_page(in_order(sort, plan.stages), position, per_page, all_shown=all_shown)

        def shown(_: Hit, job: Job) -> bool:
            return caller.reaches_team(Permission.JOBS_READ, job.team_id) and wanted.matches(job)

        return reading.page(self.indexes.load, shown)

    def _plan(self, wanted: JobFilter, *, newest_first: bool) -> _Plan:
        indexes = self.indexes
        if wanted.certificate_id is not None:
            of_one = indexes.of_certificate(wanted.certificate_id, newest_first=newest_first)
            return _Plan(of_one, frozenset({"certificate_id"}))
        if wanted.agent_id is not None:
            of_agent = indexes.of_agent(wanted.agent_id, newest_first=newest_first)
            return _Plan(of_agent, frozenset({"agent_id"}))
        if wanted.status is not None and not wanted.status.is_terminal:
            open_ones = indexes.of_open_status(wanted.status, newest_first=newest_first)
            return _Plan(open_ones, frozenset({"status"}))
        if wanted.state is JobState.OPEN:
            return _Plan(indexes.open(newest_first=newest_first), frozenset({"state"}))
        return _Plan(indexes.by_creation(self.now(), newest_first=newest_first))

    def get(self, caller: Principal, job_id: str) -> Job:
        """Raises NotFound, also for a job of another team."""
        return self._reached(caller, job_id, Permission.JOBS_READ)

    @retry_on_conflict
    def cancel(self, caller: Principal, job_id: str) -> Job:
        """Ends an open job, also a running one: its worker's result will be refused. The certificate may then
        be renewed again. Raises NotFound, and Conflict if it has ended."""
        job = self._reached(caller, job_id, Permission.JOBS_CANCEL)
        if job.status.is_terminal:
            raise Conflict(f"This job is already {job.status}.")
        if job.is_for_issuer:
            raise Conflict(f"A {job.type} job ends once the issuer has responded; it cannot be cancelled.")
        if job.type is JobType.CAMPAIGN:
            raise Conflict("This job belongs to a campaign: cancel the campaign.")
        return self._end(caller, job, "job_cancelled", f"cancelled by {caller.key_id}")

    @retry_on_conflict
    def reject(self, caller: Principal, job_id: str) -> Job:
        """Cancels a job that awaits approval. Raises NotFound, Conflict."""
        job = self._awaiting_approval(caller, job_id)
        return self._end(caller, job, "job_rejected", f"rejected by {caller.key_id}")

    @retry_on_conflict
    def approve(self, caller: Principal, job_id: str) -> Job:
        """Gives one of the approvals that a job needs. With the last one it goes to its worker, or awaits a
        CSR if it has none.

        Raises NotFound, Conflict; SecondPersonRequired for callers who requested it, supplied its CSR, or
        made the key of those who did, with any of their keys; Forbidden for a key that may not have its
        names; InvalidInput or PolicyRefused if it would not be issued any more; Conflict also if it is not
        what was asked for: in both cases the job has failed.
        """
        now = self.now()
        before = self._awaiting_approval(caller, job_id)
        self._require_other_person(caller, before)
        certificate = self.stores.certificate_of(before)
        _require_names(caller, certificate)
        self._require_allowed(caller, before, certificate)
        required = self._approvals_required(before, certificate)
        after = before.approved(Requester.of(caller), required, now)
        unit = self.units.begin(caller.actor, before.counted_with, now)
        unit.write(self.stores.jobs.move_step(before, after))
        action = "job_approval_given" if after.awaits_approval else "job_approved"
        unit.event(action, job_resource(after), changes(before, after))
        if after.status is JobStatus.PENDING:
            unit.after_commit(partial(self.nudges.job, after.nudge))
        unit.commit()
        return after

    def _approvals_required(self, job: Job, certificate: Certificate | None) -> int:
        """The approvals that the profile requires now, if it has come to require more."""
        by_profile = self.clearance.approvals_of(certificate) if certificate else 0
        return max(job.approvals_required, by_profile)

    def _require_other_person(self, caller: Principal, job: Job) -> None:
        obstacle = self.stores.four_eyes.obstacle(caller, job)
        if obstacle is not None:
            raise SecondPersonRequired(obstacle)

    def _require_allowed(self, caller: Principal, job: Job, certificate: Certificate | None) -> None:
        if certificate is None or certificate.open_job_id != job.id:
            return
        changed = changes_since_asked(job, certificate)
        if changed:
            reasons = "; ".join(problem.message for problem in changed)
            self._fail(caller, job, certificate, reasons)
            raise Conflict(f"Ask again: {reasons}. The job has failed.")
        try:
            self.clearance.require(caller.actor, certificate)
            self.stores.requesters.require(job)
            self._require_request(job, certificate)
        except InvalidInput as refused:
            self._fail(caller, job, certificate, refused.reasons)
            raise

    def _require_request(self, job: Job, certificate: Certificate) -> None:
        # Loads cryptography, which most calls of the function do not need.
        from certctl.unit_of_work.jobs.asked import require_request

        profile = self.clearance.profile_of(certificate)
        require_request(job, certificate, profile, self.stores.refused_keys)

    def _fail(self, caller: Principal, job: Job, certificate: Certificate, reasons: str) -> None:
        routing = self.stores.prefetch(certificate)
        unit = self.units.begin(caller.actor, certificate.id, self.now())
        fail_unclaimed(unit, job, certificate, reasons, routing)
        unit.commit()

    def _end(self, caller: Principal, job: Job, action: str, why: str) -> Job:
        now = self.now()
        ended = replace(
            job,
            status=JobStatus.CANCELLED,
            last_error=why,
            completed_at=now,
            due=Due(epoch=job.due.epoch + 1, attempt=job.due.attempt, retry_count=job.due.retry_count),
        )
        before = self.stores.certificate_of(job)
        _require_names(caller, before)
        unit = self.units.begin(caller.actor, job.counted_with, now)
        unit.cancel([job], why)
        unit.event(action, job_resource(ended), changes(job, ended))
        if before is not None and before.open_job_id == job.id:
            unit.save(before, before.stopped(now), event=None)
        unit.commit()
        return ended

    def _awaiting_approval(self, caller: Principal, job_id: str) -> Job:
        job = self._reached(caller, job_id, Permission.JOBS_APPROVE)
        if job.status is not JobStatus.AWAITING_APPROVAL:
            raise Conflict(f"This job is {job.status}; it awaits no approval.")
        return job

    def _reached(self, caller: Principal, job_id: str, permission: Permission) -> Job:
        job = self.stores.jobs.get(job_id)
        if job is None or not caller.reaches_team(permission, job.team_id):
            raise NotFound("There is no such job.")
        return job


def _require_names(caller: Principal, certificate: Certificate | None) -> None:
    if certificate is not None:
        require_names(caller.names, certificate.sans)
