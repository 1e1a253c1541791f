"""Deployments of a new version: a job for each target that has the certificate's agent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.agents.deployments import MAX_TARGETS
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import Version
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import deployment_jobs
from certctl.domain.jobs.statuses import JobType
from certctl.store.jobs.jobs import JobStore
from certctl.unit_of_work.agents.targets import AgentTargets

SUPERSEDED = "a newer version is to be deployed"


@dataclass(frozen=True)
class Deployments:
    jobs: JobStore
    targets: AgentTargets

    def started(self, job: Job, certificate: Certificate, version: Version, now: datetime) -> list[Job]:
        """The deployment jobs to create with the version that `job` issued; none if the CSR was not an
        agent's, since no agent has its key then."""
        if job.agent_id is None or job.task is None:
            return []
        targets = [
            target.id
            for target in self.targets.of(certificate)
            if target.content.agent_id == job.agent_id and target.content.enabled
        ][:MAX_TARGETS]
        task = job.task.to_deploy(version)
        return deployment_jobs(certificate, targets, job.agent_id, task, job.requested_by, now)

    def open_of(self, certificate_id: str) -> list[Job]:
        """The newest open deployments of a certificate."""
        return [j for j in self.jobs.open_jobs_of(certificate_id) if j.type is JobType.DEPLOYMENT]


def superseded(jobs: Sequence[Job], serial: str) -> list[Job]:
    """Open deployments of other versions."""
    return [job for job in jobs if job.task is None or job.task.serial_number != serial]
