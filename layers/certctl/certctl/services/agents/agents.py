"""Agents: registered with a key of their own, and retired with all their keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import agent_subject
from certctl.domain.agents.agents import KEY_LIFETIME, NewAgent, Retirement
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.unit_of_work.access.keys import create_key
from certctl.unit_of_work.agents.retirements import Retirements
from certctl.unit_of_work.catalog import CatalogRecords, new_team_id
from certctl.unit_of_work.retry import retry_on_conflict


@dataclass(frozen=True)
class RegisteredAgent:
    """`key_text` is returned in this one response and stored nowhere."""

    entry: AnyEntry
    key_text: str


@dataclass(frozen=True)
class Agents:
    records: CatalogRecords
    keys: ApiKeyStore
    subjects: SubjectStore
    retirements: Retirements
    now: Callable[[], datetime]

    def register(self, caller: Principal, wanted: NewAgent) -> RegisteredAgent:
        """Raises InvalidInput, NotFound for a team out of reach, Conflict if the id or name is taken."""
        now = self.now()
        agent_id, key_id = wanted.id or new_id("agt", now), new_id("key", now)
        subject = agent_subject(agent_id)
        text = new_credential_text(CredentialKind.KEY, subject.ulid)
        team_id = new_team_id(caller, Kind.AGENT, wanted.team_id)
        content = Agent(wanted.hostname, key_id, now, enrolled_by=caller.key_id)
        entry: AnyEntry = Entry(Kind.AGENT, agent_id, wanted.name, content, now, now, team_id=team_id)
        self.records.check(caller, entry)
        key = ApiKey(
            id=key_id,
            name=f"agent {wanted.name}"[:128],
            role=Role.AGENT,
            teams=(team_id,) if team_id else (),
            key_hash=key_hash(text),
            created_at=now,
            agent_id=agent_id,
            expires_at=now + KEY_LIFETIME,
            made_by=caller.key_id,
            subject_id=subject.id,
        )
        unit = self.records.units.begin(caller.actor, agent_id, now)
        self.records.create(unit, entry)
        unit.write(self.subjects.put_step(subject))
        create_key(unit, self.keys, key)
        unit.commit()
        return RegisteredAgent(entry, text)

    def retire(self, caller: Principal, agent_id: str, wanted: Retirement) -> None:
        """Retires an agent. The first write disables the agent's subject: no key of the agent is accepted,
        however many it has (ADR 25). Their rows and its targets follow, here as far as one transaction goes.
        Raises NotFound, and Conflict if targets name it and it is not forced."""
        retired = self._retire(caller, agent_id, wanted)
        self.retirements.begin(retired, caller.actor)

    @retry_on_conflict
    def _retire(self, caller: Principal, agent_id: str, wanted: Retirement) -> AnyEntry:
        entry = self.records.changeable(caller, Kind.AGENT, agent_id, wanted.revision)
        if wanted.reason is None:
            _require_unused(self.records.usage.of(Kind.AGENT, agent_id).counts.get(Kind.TARGET.value, 0))
        details = {"reason": wanted.reason} if wanted.reason else {}
        unit = self.records.units.begin(caller.actor, agent_id, self.now())
        self.records.hide(unit, entry, **details)
        # ADR 25: one write ends all keys of the agent, undiscovered ones too.
        unit.write(self.subjects.put_step(agent_subject(agent_id, enabled=False)))
        unit.commit()
        return entry


def _require_unused(targets: int) -> None:
    if targets:
        raise Conflict(
            f"The agent is in use by {targets} target{'s' if targets > 1 else ''}. "
            "With force=true and a reason they lose it."
        )
