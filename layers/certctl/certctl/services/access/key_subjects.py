"""Gives keys of earlier releases a subject, so that one switch ends what a person or machine has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject, SubjectKind, agent_subject, new_subject
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import ChangedMeanwhile, Conflict
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.writes import Write
from certctl.unit_of_work.units import Units

BUDGET = timedelta(seconds=30)


@dataclass(frozen=True)
class GivenSubjects:
    """The result of one run. Not `complete`: it ran out of time; the next run does the rest."""

    complete: bool
    given: int


@dataclass(frozen=True)
class KeySubjects:
    """Idempotent, also concurrently: a key that has a subject, has expired or was revoked is left as it is.
    A run reads all keys, a query for each hundred. Live keys work before, during and after it."""

    units: Units
    keys: ApiKeyStore
    subjects: SubjectStore
    catalog: CatalogStore
    now: Callable[[], datetime]

    def give(self) -> GivenSubjects:
        """The agent's subject, or else a service account with the role and teams of the key. Raises
        Unavailable."""
        ends_at, given = self.now() + BUDGET, 0
        for key in self.keys.all():
            if self.now() >= ends_at:
                return GivenSubjects(False, given)
            given += self._give(key)
        return GivenSubjects(True, given)

    def _give(self, key: ApiKey) -> bool:
        now = self.now()
        if key.subject_id is not None or key.role is None or not key.is_live(now):
            return False
        found = self._agent(key.agent_id) if key.agent_id else self._account(Grant(key.role, key.teams), now)
        if found is None:
            return False
        subject, row = found
        unit = self.units.begin(STACK_ADMIN, key.id, now)
        unit.write(row, *self.keys.give_subject_steps(key, subject))
        try:
            unit.commit()
        except (ChangedMeanwhile, Conflict):  # revoked, retired, or another run was first
            return False
        return True

    def _account(self, grant: Grant, now: datetime) -> tuple[Subject, Write]:
        subject = new_subject(SubjectKind.SERVICE_ACCOUNT, [grant], now)
        return subject, self.subjects.create_step(subject)

    def _agent(self, agent_id: str) -> tuple[Subject, Write] | None:
        """The agent's subject; None for a retired agent, whose keys are refused. A retirement after this read
        disables the subject, before or after this run's write."""
        agent = self.catalog.get(Kind.AGENT, agent_id)
        if agent is None or agent.is_deleting:
            return None
        subject = agent_subject(agent_id)
        return subject, self.subjects.keep_step(subject)
