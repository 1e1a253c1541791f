"""Maintenance of agents: alerts about those that fell silent with work to do, resolves those that are back,
ends the jobs of retired ones, and counts them all."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from certctl.domain.agents.agents import AgentState
from certctl.domain.agents.deployment_alerts import agent_back_alert, silent_agent_alert
from certctl.domain.agents.deployments import Place
from certctl.domain.agents.polls import is_reporting
from certctl.domain.audit.events import Actor, ActorType, changes
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict
from certctl.domain.insights.headcounts import headcount_of
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.store.agents.place_names import agent_place
from certctl.store.agents.roster import AgentRoster
from certctl.store.agents.states import AgentStateStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.insights.headcounts import HeadcountStore
from certctl.store.jobs.lists import JobIndexes
from certctl.store.paging import in_parallel, walk
from certctl.unit_of_work.jobs.failures import fail_unclaimed
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_PAGE = 500
_MOST_LOOKED_AT = 25
_MOST_ENDED = 20


@dataclass(frozen=True)
class AgentReports:
    """How many alerts were sent and resolved, and how many jobs of retired agents were ended."""

    silent: int
    back: int
    ended: int


@dataclass(frozen=True)
class StaleAgents:
    stores: Stores
    units: Units
    states: AgentStateStore
    roster: AgentRoster
    headcounts: HeadcountStore
    catalog: CatalogStore
    jobs: JobIndexes
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> AgentReports:
        """Looks at all agents that were ever in contact, until the time is up; the rest is left to the next
        run. Reads a record only of those that need something done. Pages take the count of a large fleet
        from here, where all are read anyway."""
        agents = self.roster.agents()
        self.headcounts.keep(headcount_of(agents, self.now()))
        listed = {agent.id for agent in agents}
        done: Counter[str] = Counter()
        for states in self._pages():
            if not has_time():
                break
            due = [state for state in states if self._is_due(state, state.agent_id in listed)]
            entries = self.catalog.get_all([(Kind.AGENT, state.agent_id) for state in due])
            for state, jobs in zip(due, self._jobs_of(due), strict=True):
                if not has_time():
                    break
                done.update(self._check(state, entries.get((Kind.AGENT, state.agent_id)), jobs))
        return AgentReports(done["silent"], done["back"], done["ended"])

    def correct_count(self) -> bool:
        """Whether the number of agents that limits registrations was wrong, and is right now. A stack of an
        earlier release has none yet."""
        places = self.catalog.agent_places
        taken, counted = places.taken(), self.roster.count()
        return taken != counted and places.correct(taken, counted) and taken is not None

    def _pages(self) -> Iterator[list[AgentState]]:
        after: str | None = None
        while True:
            states, after = self.states.page(after, _PAGE)
            yield states
            if after is None:
                return

    def _is_due(self, state: AgentState, is_listed: bool) -> bool:
        """Whether to look at the agent: it is retired, silent without an alert, or back with one."""
        return not is_listed or self._is_reporting(state) == (state.alerted_at is not None)

    def _is_reporting(self, state: AgentState) -> bool:
        return is_reporting(state.last_heartbeat_at, state.expected_at, self.now())

    def _jobs_of(self, states: Sequence[AgentState]) -> list[list[Job]]:
        return list(in_parallel(*[partial(self._open_jobs, state.agent_id) for state in states]))

    def _check(self, state: AgentState, entry: AnyEntry | None, jobs: Sequence[Job]) -> dict[str, int]:
        agent = agent_place(state.agent_id, entry)
        try:
            if entry is None or entry.is_deleting:
                return self._end_all(state, agent, jobs, gone=entry is None)
            if state.alerted_at:
                return {"back": self._resolve(state, agent)}
            return {"silent": self._alert(state, agent, jobs)}
        except Conflict:  # it changed concurrently: the next run sees its new state
            return {}

    def _alert(self, state: AgentState, agent: Place, jobs: Sequence[Job]) -> int:
        """Only if a job waits for it."""
        certificate = next((c for job in jobs if (c := self.stores.certificate_of(job))), None)
        if certificate is None:
            return 0
        now = self.now()
        alert = silent_agent_alert(certificate, agent, state.last_heartbeat_at, len(jobs))
        unit = self.units.begin(ACTOR, certificate.id, now)
        unit.write(self.states.alerted_step(state, certificate.id, now))
        unit.alert(alert, self.stores.routing_of(certificate))
        unit.commit()
        return 1

    def _resolve(self, state: AgentState, agent: Place) -> int:
        certificate = self.stores.certificates.get(state.alerted_certificate_id or "-")
        unit = self.units.begin(ACTOR, state.agent_id, self.now())
        unit.write(self.states.ended_step(state))
        if certificate is not None:
            unit.alert(agent_back_alert(certificate, agent), self.stores.routing_of(certificate))
        unit.commit()
        return 1

    def _end_all(self, state: AgentState, agent: Place, jobs: Sequence[Job], *, gone: bool) -> dict[str, int]:
        """Twenty jobs at a time; its last report is deleted last."""
        ended = jobs[:_MOST_ENDED]
        for job in ended:
            self._end(job, agent)
        if gone and not ended:
            if state.alerted_at:
                self._resolve(state, agent)
            self.states.forget(state.agent_id)
        return {"ended": len(ended)}

    def _end(self, job: Job, agent: Place) -> None:
        """No other agent may make a request in its place: that job fails, and the next one awaits another
        agent's."""
        reason, certificate = f"its agent {agent.name} is retired", self.stores.certificate_of(job)
        unit = self.units.begin(ACTOR, job.counted_with, self.now())
        if certificate is not None and certificate.open_job_id == job.id:
            fail_unclaimed(unit, job, certificate, reason, self.stores.prefetch(certificate))
        else:
            ended = job.ended(JobStatus.CANCELLED, reason)
            unit.cancel([job], reason)
            unit.event("job_cancelled", job_resource(ended), changes(job, ended))
        unit.commit()

    def _open_jobs(self, agent_id: str) -> list[Job]:
        """The oldest; jobs that are already signed for it and wait for a worker are not its own."""
        walked = walk(self.jobs.of_agent(agent_id, newest_first=False), None, _MOST_LOOKED_AT)
        jobs = self.jobs.load([found.id for found in walked.found]).values()
        return [j for j in jobs if j.status is JobStatus.AWAITING_CSR or j.type is JobType.DEPLOYMENT]
