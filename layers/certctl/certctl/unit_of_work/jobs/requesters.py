"""Whether those for whom a job is done may still act: its credentials may end before it, its subjects not."""

from collections.abc import Mapping
from dataclasses import dataclass

from certctl.domain.access.subjects import Subject, agent_ulid
from certctl.domain.errors import FieldProblem, InvalidInput
from certctl.domain.ids import ulid_of
from certctl.domain.jobs.jobs import Job
from certctl.store.access.subjects import SubjectStore


@dataclass(frozen=True)
class Requesters:
    """Who asked for a job: its user or service account, and for a job with an agent's CSR also that agent,
    whose host may be lost. Other jobs have neither, and cost no read."""

    subjects: SubjectStore

    def obstacle(self, job: Job) -> str | None:
        """Why the job must not go on; None if it may. One consistent read. Raises Unavailable."""
        agent_id = job.agent_id if job.csr_pem is not None else None
        ulids = [ulid_of(job.subject_id)] if job.subject_id else []
        ulids += [agent_ulid(agent_id)] if agent_id else []
        if not ulids:
            return None
        found = self.subjects.get_many(ulids)
        return _of_requester(job.subject_id, found) or _of_agent(agent_id, found)

    def problems(self, job: Job) -> list[FieldProblem]:
        """The obstacle, if there is one, as a problem of the job. Raises Unavailable."""
        obstacle = self.obstacle(job)
        return [FieldProblem("requested_by", obstacle)] if obstacle else []

    def require(self, job: Job) -> None:
        """Raises InvalidInput, and Unavailable."""
        problems = self.problems(job)
        if problems:
            raise InvalidInput("This certificate may not be issued any more.", problems)


def _of_requester(subject_id: str | None, found: Mapping[str, Subject]) -> str | None:
    if subject_id is None:
        return None
    subject = found.get(ulid_of(subject_id))
    if subject is None or subject.id != subject_id:
        return f"{subject_id}, which requested it, was deleted"
    return None if subject.enabled else f"{subject_id}, which requested it, is disabled"


def _of_agent(agent_id: str | None, found: Mapping[str, Subject]) -> str | None:
    """Agents of earlier releases have no row before their key is replaced; a retired one has."""
    subject = found.get(agent_ulid(agent_id)) if agent_id else None
    is_retired = subject is not None and not subject.enabled
    return f"the agent {agent_id}, whose key it is for, is retired" if is_retired else None
