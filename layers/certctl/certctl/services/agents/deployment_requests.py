"""Deployments on request: started for all targets of a certificate or some, and listed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.crypto.fingerprints import fingerprint_sha256
from certctl.crypto.pem import load_certificate
from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.agents.deployments import MAX_TARGETS
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.records import Target
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import deployment_jobs
from certctl.domain.jobs.statuses import JobType
from certctl.domain.jobs.tasks import AgentTask
from certctl.store.jobs.lists import JobIndexes
from certctl.store.paging import Hit, ListPage, Position, in_parallel
from certctl.store.reading import read_page
from certctl.store.writes import Write
from certctl.unit_of_work.agents.deployments import SUPERSEDED, superseded
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class DeploymentRequests:
    stores: Stores
    units: Units
    indexes: JobIndexes
    now: Callable[[], datetime]

    @retry_on_conflict
    def deploy(
        self,
        caller: Principal,
        certificate_id: str,
        target_ids: Sequence[str] | None,
        only_if: Sequence[Write] = (),
    ) -> list[Job]:
        """Jobs of the current version, one per target; an open one is kept. `only_if`: further conditions for
        new ones, with their own errors. Raises NotFound, Conflict if there is no version or it must not be
        used, InvalidInput for targets that it does not have or that have no agent."""
        now = self.now()
        before, jobs = in_parallel(
            lambda: self.stores.certificate_to_change(caller, certificate_id, Permission.CERTIFICATES_WRITE),
            lambda: self.stores.deployments.open_of(certificate_id),
        )
        serial = _deployable_serial(before)
        task, targets = in_parallel(
            lambda: self._task(before, serial), lambda: self.stores.agent_targets.of(before)
        )
        wanted, agent_id = _wanted(targets, target_ids)
        same = {j.target_id: j for j in jobs if j.task is not None and j.task.serial_number == serial}
        missing = [target_id for target_id in wanted if target_id not in same]
        created = deployment_jobs(before, missing, agent_id, task, caller.key_id, now)
        if created:
            unit = self.units.begin(caller.actor, certificate_id, now)
            event = "certificate_deployment_requested"
            unit.save(before, before.with_changes(now), event=event, target_ids=missing)
            unit.create(*created)
            unit.cancel(superseded(jobs, serial), SUPERSEDED)
            unit.write(*only_if)
            unit.commit()
        return [*(same[target_id] for target_id in wanted if target_id in same), *created]

    def _task(self, certificate: Certificate, serial: str) -> AgentTask:
        pem = self.stores.certificates.pem(certificate.id, serial)
        if pem is None:
            raise Conflict("This certificate has no version to deploy.")
        fingerprint = fingerprint_sha256(load_certificate(pem.certificate_pem))
        return AgentTask(
            certificate.common_name,
            certificate.sans,
            serial_number=serial,
            fingerprint_sha256=fingerprint,
        )

    def page(
        self, caller: Principal, certificate_id: str, position: Position | None, per_page: int
    ) -> ListPage[Job]:
        """Newest first. Raises NotFound."""
        stages = self.indexes.of_certificate(certificate_id)
        _, reading = in_parallel(
            lambda: self.stores.certificate_in_reach(caller, certificate_id, Permission.CERTIFICATES_READ),
            lambda: read_page(stages, position, per_page, all_shown=False),
        )

        def shown(_: Hit, job: Job) -> bool:
            return job.type is JobType.DEPLOYMENT

        return reading.page(self.indexes.load, shown)


def _deployable_serial(certificate: Certificate) -> str:
    if certificate.lifecycle is not Lifecycle.ACTIVE or certificate.serial_number is None:
        raise Conflict(f"A certificate that is {certificate.lifecycle} has no version to deploy.")
    return certificate.serial_number


def _wanted(targets: Sequence[Entry[Target]], target_ids: Sequence[str] | None) -> tuple[list[str], str]:
    """The targets to deploy to, and their agent."""
    known = {target.id: target for target in targets}
    ids = list(known) if target_ids is None else list(dict.fromkeys(target_ids))
    unusable = [target_id for target_id in ids if not _is_usable(known.get(target_id))]
    if unusable:
        problem = "must be targets of the certificate that are enabled and have an agent; these are not: "
        raise InvalidInput.of("target_ids", problem + ", ".join(unusable))
    agents = {str(known[target_id].content.agent_id) for target_id in ids}
    if len(agents) != 1:
        what = "have several agents" if agents else "are none: map the certificate to one that an agent has"
        raise InvalidInput.of("target_ids", f"the targets of the certificate {what}")
    if len(ids) > MAX_TARGETS:
        raise InvalidInput.of("target_ids", f"at most {MAX_TARGETS} at once")
    return ids, agents.pop()


def _is_usable(target: Entry[Target] | None) -> bool:
    return target is not None and target.content.enabled and target.content.agent_id is not None
