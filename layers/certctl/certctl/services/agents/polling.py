"""An agent's own requests: its heartbeat, its key, and its open work."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import agent_subject
from certctl.domain.agents.agents import KEY_LIFETIME, KEY_OVERLAP, AgentReport, ConsentUpdate
from certctl.domain.agents.crl_reports import CrlNews
from certctl.domain.agents.polls import POLL_WITH_WORK, poll_after
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Target
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.ids import new_id
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.services.agents.crl_bundles import CrlBundles
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.agents.consents import AgentConsentStore
from certctl.store.agents.states import AgentStateStore, consent_digest_in
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.jobs.lists import JobIndexes
from certctl.store.keys import API_KEY
from certctl.store.paging import Hit, ListPage, PageScan, Position, in_parallel, page_of, rows_to_read, walk
from certctl.store.writes import Write
from certctl.unit_of_work.access.keys import create_key
from certctl.unit_of_work.agents.targets import AgentTargets
from certctl.unit_of_work.units import Units

_MOST_LIVE_KEYS = 4
_MOST_REFERRERS = 200


@dataclass(frozen=True)
class HeartbeatResult:
    """The result of a heartbeat. `wants_consent`: the next one must include what the host allows.
    `crl_bundles` is None unless the agent asked for them."""

    agent_id: str
    name: str
    key_expires_at: datetime | None
    poll_after: timedelta
    wants_consent: bool
    crl_bundles: Sequence[Entry[Target]] | None = None


@dataclass(frozen=True)
class RotatedKey:
    """`text` is returned in this one response and stored nowhere."""

    text: str
    expires_at: datetime


@dataclass(frozen=True)
class WorkPage:
    """Open jobs of the agent, the oldest first, and the targets of those that have one."""

    jobs: ListPage[Job]
    targets: Mapping[str, Entry[Target]]


@dataclass(frozen=True)
class _OpenJobs:
    """Open jobs of an agent that were read, whether they wait for it or for others."""

    walked: PageScan
    jobs: Mapping[str, Job]

    @property
    def is_work(self) -> bool:
        """An approval may take days: it does not count as work of the agent."""
        return self.walked.next is not None or any(
            job.status is not JobStatus.AWAITING_APPROVAL for job in self.jobs.values()
        )


@dataclass(frozen=True)
class AgentStores:
    units: Units
    states: AgentStateStore
    consents: AgentConsentStore
    keys: ApiKeyStore
    subjects: SubjectStore
    jobs: JobIndexes
    catalog: CatalogStore
    book: CachedCatalog


@dataclass(frozen=True)
class AgentWork:
    stores: AgentStores
    crls: CrlBundles
    now: Callable[[], datetime]

    def heartbeat(self, caller: Principal, report: AgentReport, news: ConsentUpdate) -> HeartbeatResult:
        """Records a heartbeat of an agent that requests its work separately. Raises NotFound if the key is
        not an agent's, or the agent is retired."""
        agent = self._agent_of(caller)
        key, wants_consent = in_parallel(
            lambda: self.stores.keys.get(caller.key_id),
            lambda: self._record_heartbeat(caller, report, POLL_WITH_WORK, news),
        )
        return self._heartbeat_result(caller, agent, key, POLL_WITH_WORK, wants_consent=wants_consent)

    def poll(
        self,
        caller: Principal,
        report: AgentReport,
        news: ConsentUpdate,
        wish: timedelta,
        per_page: int,
        crl_reports: Sequence[CrlNews] | None = None,
    ) -> tuple[HeartbeatResult, WorkPage]:
        """Heartbeat and work in one; `wish` is the longest interval that the agent accepts. `crl_reports` is
        None unless the agent asks for its CRL bundles. Raises NotFound as `heartbeat`."""
        agent_id = _agent_id_of(caller)
        agent, key, found, bundles = in_parallel(
            lambda: self._agent_of(caller),
            lambda: self.stores.keys.get(caller.key_id),
            lambda: self._open_jobs(agent_id, None, per_page),
            lambda: None if crl_reports is None else self.crls.of(agent_id),
        )
        pause = poll_after(wish, has_work=found.is_work)
        page, wants_consent, _ = in_parallel(
            lambda: self._work_page(agent_id, found, per_page),
            lambda: self._record_heartbeat(caller, report, pause, news),
            lambda: self.crls.record(agent_id, bundles or (), crl_reports or (), self.now()),
        )
        heard = self._heartbeat_result(caller, agent, key, pause, wants_consent=wants_consent)
        return replace(heard, crl_bundles=bundles), page

    def page(self, caller: Principal, position: Position | None, per_page: int) -> WorkPage:
        """What the agent can do now. Raises NotFound as `heartbeat`."""
        agent_id = self._agent_of(caller).id
        return self._work_page(agent_id, self._open_jobs(agent_id, position, per_page), per_page)

    def _record_heartbeat(
        self, caller: Principal, report: AgentReport, pause: timedelta, news: ConsentUpdate
    ) -> bool:
        """Whether the next heartbeat must include the consent. One write unless the consent changed."""
        stores, agent_id, now = self.stores, _agent_id_of(caller), self.now()
        if news.consent is not None and news.digest is not None:
            unit = stores.units.begin(caller.actor, agent_id, now)
            unit.write(stores.states.heartbeat_with_consent_step(agent_id, report, now, pause, news.digest))
            unit.write(stores.consents.put_step(agent_id, news.consent))
            unit.commit()
            return False
        row = stores.units.database.updated(stores.states.heartbeat_step(agent_id, report, now, pause))
        known = consent_digest_in(row)
        if news.digest is None and known is not None:  # the host went back to an earlier release
            unit = stores.units.begin(caller.actor, agent_id, now)
            unit.write(stores.states.consent_gone_step(agent_id), stores.consents.forget_step(agent_id))
            unit.commit()
        return news.digest not in (None, known)

    def _heartbeat_result(
        self,
        caller: Principal,
        agent: AnyEntry,
        key: ApiKey | None,
        pause: timedelta,
        *,
        wants_consent: bool,
    ) -> HeartbeatResult:
        """Whether a key that replaces another is in use by now."""
        if key is not None and key.replaces is not None:
            before = self.stores.keys.get(key.replaces)
            unit = self.stores.units.begin(caller.actor, agent.id, self.now())
            unit.write(*self._taken_steps(key, before))
            with suppress(Conflict):  # two heartbeats at once: one is enough
                unit.commit()
        return HeartbeatResult(agent.id, agent.name, key.expires_at if key else None, pause, wants_consent)

    def _open_jobs(self, agent_id: str, position: Position | None, per_page: int) -> _OpenJobs:
        stages = self.stores.jobs.of_agent(agent_id, newest_first=False)
        walked = walk(stages, position, rows_to_read(per_page, all_shown=False))
        return _OpenJobs(walked, self.stores.jobs.load([found.id for found in walked.found]))

    def _work_page(self, agent_id: str, found: _OpenJobs, per_page: int) -> WorkPage:
        now = self.now()

        def shown(_: Hit, job: Job) -> bool:
            return job.agent_id == agent_id and _waits(job, now)

        page = page_of(found.walked, found.jobs, shown, per_page)
        target_ids = sorted({job.target_id for job in page.records if job.target_id})
        targets = AgentTargets(self.stores.book).find(target_ids)
        return WorkPage(page, {t.id: t for t in targets if t.content.agent_id == agent_id})

    def rotate_key(self, caller: Principal) -> RotatedKey:
        """The calling key stays valid until an hour after the first use of the new one, because the response
        may be lost. An unused key of an earlier exchange ends. Raises NotFound as `heartbeat`, Conflict if
        that was done too often."""
        agent_id, now = self._agent_of(caller).id, self.now()
        keys = self._keys_of(agent_id)
        old = next((key for key in keys if key.id == caller.key_id), None)
        if old is None:
            raise NotFound("This key is gone.")
        unused = [key for key in keys if key.replaces == old.id and key.is_live(now)]
        if sum(key.is_live(now) for key in keys) - len(unused) >= _MOST_LIVE_KEYS:
            raise Conflict(f"This agent has {_MOST_LIVE_KEYS} live keys: an hour after an exchange one ends.")
        subject = agent_subject(agent_id)
        text = new_credential_text(CredentialKind.KEY, subject.ulid)
        new = replace(
            old,
            id=new_id("key", now),
            key_hash=key_hash(text),
            created_at=now,
            expires_at=now + KEY_LIFETIME,
            last_used_at=None,
            replaces=old.id,
            made_by=old.id,
            subject_id=subject.id,
        )
        before = next((key for key in keys if key.id == old.replaces), None)
        taken = self._taken_steps(old, before) if old.replaces else [self.stores.keys.live_step(old)]
        unit = self.stores.units.begin(caller.actor, agent_id, now)
        unit.write(self.stores.subjects.keep_step(subject))
        create_key(unit, self.stores.keys, new, replaces=old.id)
        unit.write(*taken)
        unit.write(*(step for key in unused for step in self.stores.keys.discard_steps(key, now)))
        unit.write(*(self.stores.keys.unrefer_step(key) for key in keys if not key.is_live(now)))
        unit.commit()
        return RotatedKey(text, now + KEY_LIFETIME)

    def _taken_steps(self, successor: ApiKey, before: ApiKey | None) -> list[Write]:
        """The first use of a key: the previous one stays valid for an hour."""
        now = self.now()
        taken = self.stores.keys.taken_step(successor)
        if before is None or not before.is_live(now):
            return [taken]
        ends = min(before.expires_at or now + KEY_OVERLAP, now + KEY_OVERLAP)
        return [taken, *self.stores.keys.expire_steps(before, ends)]

    def _keys_of(self, agent_id: str) -> list[ApiKey]:
        page = self.stores.catalog.referrers(Kind.AGENT, agent_id, _MOST_REFERRERS, after=f"{API_KEY}#")
        ids = [text.partition("#")[2] for text in page.referrers if text.startswith(f"{API_KEY}#")]
        return self.stores.keys.get_many(ids[:100])

    def _agent_of(self, caller: Principal) -> AnyEntry:
        """The record of the key's agent, cached for a minute."""
        agent = self.stores.book.find(Kind.AGENT, _agent_id_of(caller))
        if agent is None:
            raise NotFound("There is no such agent any more.")
        return agent


def _agent_id_of(caller: Principal) -> str:
    if caller.role is not Role.AGENT or caller.agent_id is None:
        raise NotFound("This key does not belong to an agent.")
    return caller.agent_id


def _waits(job: Job, now: datetime) -> bool:
    if job.status is JobStatus.AWAITING_CSR:
        return True
    if job.type is not JobType.DEPLOYMENT or job.due.due_at is None or job.due.due_at > now:
        return False
    return job.due.lease_until is None or job.due.lease_until <= now
