"""The end of a record whose versions stay valid until they expire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.agents.deployment_alerts import ended_incidents
from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState
from certctl.domain.jobs.jobs import Job
from certctl.store.paging import in_parallel
from certctl.store.policies.violations import OpenViolation
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.policies.enforcement import PolicyEnforcement
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

_ARCHIVED = "the certificate was archived"
_NO_DETAILS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Archive:
    """The record before and after, and what ends with it."""

    before: Certificate
    after: Certificate
    standing: Sequence[OpenViolation]
    open_jobs: Sequence[Job]


@dataclass(frozen=True)
class Archiving:
    stores: Stores
    units: Units
    references: References
    policies: PolicyEnforcement

    def read(self, before: Certificate, now: datetime) -> Archive:
        """Raises Conflict if the record is revoked."""
        moved = before.transitioned_to(Lifecycle.ARCHIVED, now)
        after = replace(moved, renewal_state=RenewalState.IDLE, open_job_id=None, held_from=None)
        standing, open_jobs = in_parallel(
            lambda: self.policies.standing(before),
            lambda: self.stores.jobs.open_jobs_of(before.id),
        )
        return Archive(before, after, standing, open_jobs)

    def write(
        self, actor: Actor, archive: Archive, now: datetime, details: Mapping[str, str] = _NO_DETAILS
    ) -> None:
        """`details` are further ones of the event. Raises ChangedMeanwhile."""
        before, after = archive.before, archive.after
        unit = self.units.begin(actor, after.id, now)
        unit.cancel(archive.open_jobs, _ARCHIVED)
        unit.write(*self.references.steps(before, None))
        unit.save(before, after, event="certificate_archived", **details)
        failed = self.stores.names.targets(after.failed_targets)
        incidents = ended_incidents(after, failed, "was archived")
        unit.resolve(incidents, self.stores.routing_for(incidents, after))
        unit.enforce(self.policies.enforce_end(archive.standing, _ARCHIVED, now))
        unit.commit()
