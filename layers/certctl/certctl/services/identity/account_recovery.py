"""After a restore: the subject of each user, service account and agent follows from its record, and those
that were disabled, deleted or retired since the backup have no access."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from certctl.domain.access.subjects import Subject, agent_subject
from certctl.domain.audit.events import STACK_ADMIN, facts
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.subjects import subject_of
from certctl.store.access.subjects import SubjectStore
from certctl.store.audit.events import AuditStore
from certctl.unit_of_work.catalog import CatalogRecords
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.unit import UnitOfWork

_BUDGET = timedelta(seconds=60)
_NEWEST_EVENTS = 100
_AFTER_ALL_EVENTS = "aud-~"
_KINDS = (Kind.USER, Kind.SERVICE_ACCOUNT, Kind.AGENT)
_RETIRED = "It was retired before the tables were restored."


class Outcome(StrEnum):
    """What became of an account. CHANGED: its subject had other grants or limits than its record says."""

    DISABLED = "disabled"
    RETIRED = "retired"
    CHANGED = "changed"


@dataclass(frozen=True)
class RestoredAccounts:
    """The result of one run, by id. Not `complete`: it ran out of time; a further run does the rest."""

    complete: bool
    outcomes: Mapping[str, Outcome]

    @property
    def disabled(self) -> list[str]:
        return self._with(Outcome.DISABLED)

    @property
    def retired(self) -> list[str]:
        return self._with(Outcome.RETIRED)

    @property
    def changed(self) -> list[str]:
        return self._with(Outcome.CHANGED)

    def _with(self, outcome: Outcome) -> list[str]:
        return [account_id for account_id, found in self.outcomes.items() if found is outcome]


@dataclass(frozen=True)
class AccountRecovery:
    """Idempotent, also concurrently. One query of the trail an account, and one read."""

    records: CatalogRecords
    subjects: SubjectStore
    audit: AuditStore
    now: Callable[[], datetime]

    def bring_in_line(self) -> RestoredAccounts:
        """Raises Unavailable."""
        ends_at, outcomes = self.now() + _BUDGET, dict[str, Outcome]()
        for account in chain.from_iterable(map(self.records.catalog.all_of, _KINDS)):
            if self.now() >= ends_at:
                return RestoredAccounts(False, outcomes)
            if outcome := self._settle(account.kind, account.id):
                outcomes[account.id] = outcome
        return RestoredAccounts(True, outcomes)

    @retry_on_conflict
    def _settle(self, kind: Kind, account_id: str) -> Outcome | None:
        account = self.records.catalog.get(kind, account_id)
        wanted = _subject_by_record(account) if account else None
        if account is None or wanted is None:
            return None
        stored = self.subjects.get(wanted.ulid)
        was_disabled = stored is not None and not stored.enabled
        unit = self.records.units.begin(STACK_ADMIN, account.id, self.now())
        if wanted.enabled and (was_disabled or self._was_ended(account)):
            outcome = self._end(unit, account)
        elif stored != wanted:
            outcome = self._follow(unit, account, stored, wanted)
        else:
            return None
        unit.commit()
        return outcome

    def _was_ended(self, account: AnyEntry) -> bool:
        """Whether the newest event that ended or enabled the account ended it."""
        label = account.kind.label
        trail = self.audit.of_resource(label, account.id, _AFTER_ALL_EVENTS, _NEWEST_EVENTS)
        for event in trail.events:
            if event["action"] == f"{label}_deleted":
                return True
            content = (event["details"].get("after") or {}).get("content") or {}
            if "enabled" in content:
                return not content["enabled"]
            if event["action"] in (f"{label}_created", f"{label}_restored"):
                return False
        return False

    def _end(self, unit: UnitOfWork, account: AnyEntry) -> Outcome:
        if account.kind is Kind.AGENT:
            self.records.hide(unit, account, reason=_RETIRED)
            unit.write(self.subjects.put_step(agent_subject(account.id, enabled=False)))
            return Outcome.RETIRED
        content = replace(account.content, enabled=False)
        after = replace(account, content=content, updated_at=unit.now, revision=account.revision + 1)
        self.records.update(unit, account, after)
        return Outcome.DISABLED

    def _follow(
        self, unit: UnitOfWork, account: AnyEntry, stored: Subject | None, wanted: Subject
    ) -> Outcome:
        unit.write(self.subjects.put_step(wanted))
        label = account.kind.label
        subjects = {side: {"subject": s and facts(s)} for side, s in (("before", stored), ("after", wanted))}
        unit.event(f"{label}_updated", Resource(label, account.id, account.team_id), subjects)
        is_less = stored is not None and stored.enabled and not wanted.enabled
        return Outcome.DISABLED if is_less else Outcome.CHANGED


def _subject_by_record(account: AnyEntry) -> Subject | None:
    if account.kind is Kind.AGENT:
        return agent_subject(account.id, enabled=not account.is_deleting)
    return subject_of(account)
