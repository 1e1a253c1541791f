"""The transaction that starts an issuance: of a new record, or of another version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.access.principals import Principal
from certctl.domain.audit.events import changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.errors import TooManyRequests
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.times import next_midnight
from certctl.store.quotas import issues
from certctl.store.writes import Write
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.effects import PolicyEffects
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class WithIt:
    """What else the transaction does: `writes` with their own errors, `fields` of a record that exists,
    `details` of its event, and the end of the jobs in `superseded`, which no worker holds."""

    writes: Sequence[Write] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    superseded: Sequence[Job] = ()


NOTHING_ELSE = WithIt()


@dataclass(frozen=True)
class IssuanceStarts:
    stores: Stores
    units: Units
    references: References

    def create(
        self,
        caller: Principal,
        certificate: Certificate,
        job: Job,
        effects: PolicyEffects,
        now: datetime,
        also: WithIt = NOTHING_ELSE,
    ) -> Certificate:
        """Creates the record with its job. Raises Conflict if its id is taken, TooManyRequests, and the
        errors of `also`."""
        certificate = replace(certificate, open_job_id=job.id)
        unit = self.units.begin(caller.actor, certificate.id, now)
        unit.save(None, certificate, event="certificate_created", **also.details)
        self._start(unit, caller, job, also)
        unit.write(*self.references.steps(None, certificate))
        unit.enforce(effects)
        entries = self.stores.search_entries.of_new(certificate, unit.room, now)
        unit.write(*entries.steps)
        unit.commit()
        self.stores.search_entries.finish(certificate.id, entries)
        return certificate

    def renew(
        self,
        caller: Principal,
        before: Certificate,
        job: Job,
        effects: PolicyEffects,
        now: datetime,
        also: WithIt = NOTHING_ELSE,
    ) -> Certificate:
        """Opens the job for another version. Raises ChangedMeanwhile, TooManyRequests, and the errors of
        `also`."""
        started = {"open_job_id": job.id, "renewal_state": RenewalState.IN_PROGRESS}
        after = before.with_changes(now, **started, **also.fields)
        unit = self.units.begin(caller.actor, after.id, now)
        unit.save(before, after, event="certificate_renewal_requested", **also.details)
        self._start(unit, caller, job, also)
        unit.enforce(effects)
        unit.commit()
        return after

    def _start(self, unit: UnitOfWork, caller: Principal, job: Job, also: WithIt) -> None:
        unit.create(job)
        unit.write(*self._counted(caller, unit.now), *also.writes)
        why = f"superseded by {job.id}"
        unit.cancel(also.superseded, why)
        for each in also.superseded:
            ended = each.ended(JobStatus.CANCELLED, why)
            unit.event("job_cancelled", job_resource(ended), changes(each, ended))

    def _counted(self, caller: Principal, now: datetime) -> list[Write]:
        """Raises TooManyRequests, at the commit, if the service account has had all of the day."""
        limit, account = caller.issues_per_day, caller.subject_id
        if limit is None or account is None:
            return []
        wait = int((next_midnight(now + timedelta(seconds=1)) - now).total_seconds())
        refused = TooManyRequests(f"This service account may request {limit} certificates a day (UTC).", wait)
        return [issues(self.stores.database).take_step(account, limit, now, refused)]
