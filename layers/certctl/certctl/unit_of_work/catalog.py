"""Shared parts of the use cases on catalog records: reach, checks, and a change with its audit event."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from certctl.domain.access.permissions import ALL_TEAMS, Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import may_give_roles
from certctl.domain.agents.consents import forbidden_of
from certctl.domain.audit.events import changes
from certctl.domain.catalog.defaults import DEFAULT_TEAM
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.reach import may_trust_for, reaches_record
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import TEAM_KINDS, write_permission
from certctl.domain.catalog.references import Reference, references_of
from certctl.domain.catalog.validation import problems_of
from certctl.domain.errors import Conflict, FieldProblem, Forbidden, InvalidInput, NotFound
from certctl.domain.identity.trust_rules import audience_problems, pin_problems
from certctl.domain.policies.name_edits import NamesEdit, recorded_edit
from certctl.store.agents.consents import AgentConsentStore
from certctl.store.agents.states import AgentStateStore
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.issuer_health import IssuerContactStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.catalog.usage import CatalogUsage
from certctl.store.follow_ups import FollowUpStore
from certctl.store.keys import (
    OPEN_INCIDENTS,
    POLICY_REVIEW,
    RENEWAL_REPLAN,
    RULE_WITHDRAWALS,
    names_edit,
    referrer,
)
from certctl.store.policies.name_edits import NamesEditStore
from certctl.store.writes import Write
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.units import Units

if TYPE_CHECKING:
    from certctl.unit_of_work.policies.evaluations import PolicyEvaluations
    from certctl.unit_of_work.unit import UnitOfWork

_WITHOUT_TEAM = frozenset({Kind.TRUST_RULE, Kind.ACCESS_RULE})
"""The kinds without a team whose writers may be limited to teams: what such a rule gives decides."""


@dataclass(frozen=True)
class CatalogRecords:
    """`stack` is part of the names of secrets."""

    units: Units
    catalog: CatalogStore
    book: CachedCatalog
    usage: CatalogUsage
    agent_states: AgentStateStore
    issuer_contacts: IssuerContactStore
    agent_consents: AgentConsentStore
    evaluations: "Callable[[], PolicyEvaluations]"
    stack: str

    def get(self, kind: Kind, entry_id: str) -> AnyEntry:
        """Raises NotFound, also for a record that is being deleted."""
        entry = self.catalog.get(kind, entry_id)
        if entry is None or entry.is_deleting:
            raise NotFound(f"There is no such {kind}.")
        return entry

    def changeable(
        self, caller: Principal, kind: Kind, entry_id: str, revision: int | None = None
    ) -> AnyEntry:
        """Raises NotFound, also for a record of another team, Conflict at another revision, and Forbidden for
        an owner whom other teams name."""
        entry = self.get(kind, entry_id)
        if not self._is_in_reach(caller, entry):
            raise NotFound(f"There is no such {kind}.")
        self._require_own(caller, entry)
        if revision not in (None, entry.revision):
            raise Conflict(f"The {kind} is at version {entry.revision} now. Read it again and repeat.")
        return entry

    def _is_in_reach(self, caller: Principal, entry: AnyEntry) -> bool:
        if entry.kind is not Kind.TRUST_RULE:
            return reaches_record(caller, entry)
        return may_trust_for(caller, self._account_of(entry))

    def _account_of(self, rule: AnyEntry) -> AnyEntry | None:
        """The service account that the trust rule leads to, read consistently."""
        return self.catalog.get(Kind.SERVICE_ACCOUNT, rule.content.service_account_id)

    def _require_own(self, caller: Principal, entry: AnyEntry) -> None:
        """An owner's address gets the mail of all certificates that name it."""
        teams = caller.team_filter(write_permission(entry.kind))
        if entry.kind is Kind.OWNER and teams is not None and self.usage.is_shared(entry.id, teams):
            raise Forbidden("Certificates of other teams name this owner: an administrator changes it.")

    def trusted_steps(self, caller: Principal, rule: AnyEntry) -> list[Write]:
        """Refuse the rule with ChangedMeanwhile if its account changes concurrently: it might come to give
        more than the caller has. None for a caller who may give anything. Raises InvalidInput for an account
        out of the caller's reach, whatever the cache said of it."""
        if rule.kind is not Kind.TRUST_RULE or caller.scope_of(Permission.TRUST_RULES_WRITE) is Scope.ALL:
            return []
        account = self._account_of(rule)
        if account is None or account.is_deleting or not may_trust_for(caller, account):
            missing = f"there is no {Kind.SERVICE_ACCOUNT} {rule.content.service_account_id}"
            raise InvalidInput.of("service_account_id", missing)
        return [self.catalog.unchanged_step(account)]

    def check(self, caller: Principal, entry: AnyEntry) -> None:
        """Raises NotFound for a team out of reach, InvalidInput with all problems."""
        if entry.kind not in _WITHOUT_TEAM:
            caller.require_reach(write_permission(entry.kind), entry.team_id, "such team")
        problems = [*problems_of(entry, self.stack, self.catalog.kinds), *self._missing(caller, entry)]
        problems += self._distrusted(entry)
        if problems:
            raise InvalidInput(f"The {entry.kind} was refused.", problems)
        if forbidden := self._forbidden(entry):
            raise InvalidInput("The target was refused: its agent's host does not allow it.", forbidden)

    def _forbidden(self, entry: AnyEntry) -> list[FieldProblem]:
        """Disabled targets are not checked: nothing is deployed to them, and it must be possible to
        disable one that is no longer allowed."""
        target = entry.content
        if entry.kind is not Kind.TARGET or target.agent_id is None or not target.enabled:
            return []
        consent, kinds = self.agent_consents.get(target.agent_id), self.catalog.kinds.targets
        return forbidden_of(kinds.of(target.type), target.config, consent) if consent else []

    def _missing(self, caller: Principal, entry: AnyEntry) -> list[FieldProblem]:
        references = references_of(entry)
        if not references:
            return []
        found = self.book.find_many([reference.place for reference in references])
        return [
            FieldProblem(r.field, f"there is no {r.kind} {r.id}")
            for r in references
            if r.place not in found or not _reaches(caller, entry.kind, r, found[r.place])
        ]

    def _distrusted(self, entry: AnyEntry) -> list[FieldProblem]:
        if entry.kind is not Kind.TRUST_RULE:
            return []
        rule = entry.content
        providers = {each.id: each.content for each in self.catalog.all_of(Kind.IDENTITY_PROVIDER)}
        provider = providers.get(rule.provider_id)
        if provider is None:
            return []
        people = audience_problems(rule, provider.issuer, providers.values())
        return [*pin_problems(rule, provider.type), *people]

    def create(self, unit: "UnitOfWork", entry: AnyEntry, **details: Any) -> None:
        unit.write(*self.catalog.create_steps(entry))
        _record(unit, "created", entry, _changes(None, entry) | details)

    def update(self, unit: "UnitOfWork", before: AnyEntry, after: AnyEntry) -> None:
        unit.write(*self.catalog.replace_steps(before, after))
        self._mark(unit, before, after)
        _record(unit, "updated", after, _changes(before, after))

    def record_names_edit(
        self, unit: "UnitOfWork", before: AnyEntry | None, after: AnyEntry, exempt_days: int
    ) -> None:
        """Later the certificates that an edit of a team's names refuses are exempted."""
        if after.kind is not Kind.TEAM:
            return
        edit = NamesEdit(after.id, before.content.names if before else (), after.content.names)
        if edit.is_empty:
            return
        edit_id = names_edit(unit.now, after.id, after.revision)
        recorded = recorded_edit(edit, edit_id, exempt_days, unit.now)
        unit.write(NamesEditStore(self.units.database).record_step(recorded))

    def _mark(self, unit: "UnitOfWork", before: AnyEntry, after: AnyEntry) -> None:
        """Later the certificates of an edited renewal policy are planned again, policies that refer to an
        edited profile or renewal policy are evaluated again, and incidents of a newly disabled target are
        ended."""
        place, is_edited = referrer(after.kind.value, after.id), before.content != after.content
        if after.kind is Kind.RENEWAL_POLICY and is_edited:
            unit.write(self._marks(RENEWAL_REPLAN).follow_up_step(after.id, unit.now))
        if after.kind in (Kind.PROFILE, Kind.RENEWAL_POLICY) and is_edited:
            unit.write(self._marks(POLICY_REVIEW).follow_up_step(place, unit.now))
        if after.kind is Kind.ACCESS_RULE and is_edited:
            unit.write(self._marks(RULE_WITHDRAWALS).follow_up_step(after.id, unit.now))
        if after.kind is Kind.TARGET and before.content.enabled and not after.content.enabled:
            unit.write(self._marks(OPEN_INCIDENTS).follow_up_step(place, unit.now))

    def _marks(self, kind: str) -> FollowUpStore:
        return FollowUpStore(self.units.database, kind)

    def hide(self, unit: "UnitOfWork", entry: AnyEntry, **details: Any) -> None:
        """Hides it from now on; it is deleted later."""
        unit.write(*self.catalog.mark_steps(entry, unit.now))
        if entry.kind is Kind.ACCESS_RULE:
            unit.write(self._marks(RULE_WITHDRAWALS).follow_up_step(entry.id, unit.now))
        _record(unit, "deleted", entry, _changes(entry, None) | details)

    def restore(self, unit: "UnitOfWork", entry: AnyEntry, **details: Any) -> None:
        """Undoes `hide`."""
        unit.write(*self.catalog.unmark_steps(entry, unit.now))
        _record(unit, "restored", entry, _changes(None, entry) | details)


def _record(unit: "UnitOfWork", verb: str, entry: AnyEntry, details: dict[str, Any]) -> None:
    label = entry.kind.label
    unit.event(f"{label}_{verb}", Resource(label, entry.id, entry.team_id), details)


def _changes(before: AnyEntry | None, after: AnyEntry | None) -> dict[str, Any]:
    """Events are never changed: names and mail addresses of people stand in their records only."""
    found = changes(before, after)
    if any(entry is not None and entry.kind is Kind.USER for entry in (before, after)):
        for shown in filter(None, found.values()):
            shown.pop("name", None)
            shown.get("content", {}).pop("email", None)
    return found


def _reaches(caller: Principal, kind: Kind, reference: Reference, found: AnyEntry) -> bool:
    """Whether the record exists for the caller: an agent does not without access to its team, nor does a
    service account for which the caller may write no trust rules."""
    if reference.kind is Kind.SERVICE_ACCOUNT:
        return may_trust_for(caller, found) and may_give_roles(caller)
    return reference.kind is not Kind.AGENT or caller.reaches_team(write_permission(kind), found.team_id)


def new_team_id(caller: Principal, kind: Kind, wanted: str | None) -> str | None:
    """The team of a new record: the given one, else the caller's only one, or the default one."""
    if kind not in TEAM_KINDS or wanted is not None:
        return wanted
    teams = caller.teams_of(write_permission(kind))
    if ALL_TEAMS in teams:
        return DEFAULT_TEAM
    if len(teams) != 1:
        raise InvalidInput.of("team_id", f"is required: one of {', '.join(teams) or 'no team'}")
    return teams[0]
