"""Administration of catalog records: create, change, delete."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.defaults import BUILT_IN
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import ANSWERED_FOR
from certctl.domain.catalog.requests import EntryInput
from certctl.domain.catalog.subjects import ACCOUNT_KINDS
from certctl.domain.errors import Conflict, Forbidden, InvalidInput
from certctl.domain.identity.access_rules import require_may_write
from certctl.domain.identity.identity_providers import MOST_PROVIDERS
from certctl.domain.ids import new_id
from certctl.domain.jobs.approvals import Requester
from certctl.services.catalog.accounts import guard_of, require_may_give, require_other, writers_of
from certctl.services.catalog.identity_secrets import IdentitySecrets
from certctl.services.catalog.rule_room import RuleRoom
from certctl.services.catalog.rule_withdrawals import RuleWithdrawals
from certctl.services.catalog.stated import StatedRecords
from certctl.store.catalog.cache import MAX_POLICIES
from certctl.store.catalog.rules_added import RulesAdded
from certctl.store.channels.secret_bindings import SecretBindingStore
from certctl.store.paging import in_parallel
from certctl.unit_of_work.access.step_up import StepUp
from certctl.unit_of_work.catalog import CatalogRecords, new_team_id
from certctl.unit_of_work.retry import retry_on_conflict

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import UnitOfWork

_PREFIXES = {
    Kind.ISSUER: "iss",
    Kind.TARGET: "tgt",
    Kind.OWNER: "o",
    Kind.TEAM: "t",
    Kind.POLICY: "pol",
    Kind.PROFILE: "prof",
    Kind.RENEWAL_POLICY: "rp",
    Kind.AGENT: "agt",
    Kind.IDENTITY_PROVIDER: "idp",
    Kind.TRUST_RULE: "tr",
    Kind.ACCESS_RULE: "ar",
    Kind.SERVICE_ACCOUNT: "sa",
    Kind.USER: "usr",
}
_MOST = {
    Kind.POLICY: (MAX_POLICIES, "policies"),
    Kind.IDENTITY_PROVIDER: (MOST_PROVIDERS, "identity providers"),
}


@dataclass(frozen=True)
class Catalog:
    records: CatalogRecords
    stated: StatedRecords
    now: Callable[[], datetime]

    @cached_property
    def _step_up(self) -> StepUp:
        return StepUp(self.records.units.database, self.now)

    @cached_property
    def _withdrawals(self) -> RuleWithdrawals:
        return RuleWithdrawals(self.records, self.now)

    @cached_property
    def _rule_room(self) -> RuleRoom:
        return RuleRoom(self.records.catalog, RulesAdded(self.records.units.database))

    @cached_property
    def _identity_secrets(self) -> IdentitySecrets:
        return IdentitySecrets(self.records.catalog, SecretBindingStore(self.records.units.database))

    @retry_on_conflict
    def create(self, caller: Principal, kind: Kind, wanted: EntryInput) -> AnyEntry:
        """Raises InvalidInput, NotFound for a team out of reach, Conflict if the id or name is taken, and
        SignInRequired."""
        now = self.now()
        entry: AnyEntry = Entry(
            kind=kind,
            id=_new_id(kind, wanted, now),
            name=wanted.name,
            content=wanted.fields.content(None),
            created_at=now,
            updated_at=now,
            team_id=new_team_id(caller, kind, wanted.team_id),
            answerable=Requester.of(caller).person if kind in ANSWERED_FOR else (),
        )
        _require_may_name(caller, None, entry)
        _require_may_grant(caller, entry)
        require_may_give(caller, None, entry)
        in_parallel(lambda: self.records.check(caller, entry), lambda: self._guard(caller, None, entry))
        self._require_room(kind)
        room, secrets = self._rule_room.to_create(caller, entry), self._identity_secrets.steps(None, entry)
        unit = self._begin(caller, now, entry)
        unit.write(*self.records.trusted_steps(caller, entry), *room, *secrets)
        self.records.create(unit, entry)
        self.records.record_names_edit(unit, None, entry, wanted.exempt_days)
        unit.commit()
        return self.stated.with_reports([self.stated.states_of(kind, entry.id)(entry)])[0]

    def edit(self, caller: Principal, kind: Kind, entry_id: str, wanted: EntryInput) -> AnyEntry:
        """Raises as `create`, NotFound, and Conflict at another revision."""
        edited = self._edit(caller, kind, entry_id, wanted)
        self._withdraw(caller, edited)
        return self.stated.with_reports([self.stated.states_of(kind, entry_id)(edited)])[0]

    @retry_on_conflict
    def _edit(self, caller: Principal, kind: Kind, entry_id: str, wanted: EntryInput) -> AnyEntry:
        before = self.records.changeable(caller, kind, entry_id, wanted.revision)
        now = self.now()
        after = replace(
            before,
            name=wanted.name,
            content=wanted.fields.content(before.content),
            team_id=wanted.team_id or before.team_id,
        )
        if after == before:
            return before
        _require_same_type(before, after)
        _require_same_issuer(before, after)
        self._require_free_to_move(before, after)
        _require_may_name(caller, before, after)
        _require_may_grant(caller, before, after)
        require_may_give(caller, before, after)
        after = replace(after, updated_at=now, revision=before.revision + 1)
        if kind is Kind.TRUST_RULE:
            after = replace(after, answerable=writers_of(caller, before, after))
        in_parallel(lambda: self.records.check(caller, after), lambda: self._guard(caller, before, after))
        room = self._rule_room.to_change(caller, before, after)
        secrets = self._identity_secrets.steps(before, after)
        unit = self._begin(caller, now, before, after)
        unit.write(*self.records.trusted_steps(caller, after), *room, *secrets)
        self.records.update(unit, before, after)
        self.records.record_names_edit(unit, before, after, wanted.exempt_days)
        unit.commit()
        return after

    def delete(self, caller: Principal, kind: Kind, entry_id: str, revision: int | None) -> None:
        """Hides it; it is deleted once no request can still use a cached copy. Raises NotFound, and Conflict
        if it is in use, a default record, or at another revision."""
        self._withdraw(caller, self._delete(caller, kind, entry_id, revision))

    def _withdraw(self, caller: Principal, changed: AnyEntry) -> None:
        if changed.kind is Kind.ACCESS_RULE:
            self._withdrawals.begin(changed.id, caller.actor)

    @retry_on_conflict
    def _delete(self, caller: Principal, kind: Kind, entry_id: str, revision: int | None) -> AnyEntry:
        entry = self.records.changeable(caller, kind, entry_id, revision)
        _require_may_grant(caller, entry)
        if (kind, entry_id) in BUILT_IN:
            raise Conflict(f"The {kind} {entry_id} comes with every stack: it can be edited, not deleted.")
        require_other(caller, entry)
        usage, _ = in_parallel(
            lambda: self.records.usage.of(kind, entry_id), lambda: self._guard(caller, entry, entry)
        )
        if usage.forbids_deletion:
            self.records.usage.forget_ended(kind, entry_id, usage)
            raise Conflict(f"The {kind} {entry_id} is in use by {usage}.")
        unit = self._begin(caller, self.now(), entry)
        unit.write(*self._identity_secrets.steps(entry, entry))
        self.records.hide(unit, entry)
        unit.commit()
        return entry

    def _guard(self, caller: Principal, before: AnyEntry | None, after: AnyEntry) -> None:
        """Raises SignInRequired."""
        account = None
        if after.kind is Kind.TRUST_RULE and after.content.enabled and after is not before:
            account = self.records.get(Kind.SERVICE_ACCOUNT, after.content.service_account_id)
        operation = guard_of(before, after, account)
        if operation is not None:
            self._step_up.require(caller, operation)

    def _begin(self, caller: Principal, now: datetime, *versions: AnyEntry) -> "UnitOfWork":
        """With the evaluation of a policy that is or was in force, unless its content is unchanged:
        `versions` are those before and after."""
        latest, records = versions[-1], self.records
        stays = len(versions) > 1 and versions[0].content == latest.content
        if latest.kind is not Kind.POLICY or stays or not any(each.content.enabled for each in versions):
            return records.units.begin(caller.actor, latest.id, now)
        return records.evaluations().begin(records.units, caller.actor, latest, now)

    def _require_free_to_move(self, before: AnyEntry, after: AnyEntry) -> None:
        """The keys of certificates are with their agent: a change of the target does not move them. Ended
        certificates hold nothing."""
        if before.kind is not Kind.TARGET or before.content.agent_id == after.content.agent_id:
            return
        if before.content.agent_id is None:
            return
        usage = self.records.usage.of(Kind.TARGET, before.id)
        self.records.usage.forget_ended(Kind.TARGET, before.id, usage)
        if usage.forbids_deletion:
            raise Conflict(
                f"The target {before.id} is in use by {usage}, and their keys are with the agent "
                f"{before.content.agent_id}. Take the target off them first, and give it back afterwards."
            )

    def _require_room(self, kind: Kind) -> None:
        """Each evaluation reads all policies; all providers can be read at once."""
        most, name = _MOST.get(kind, (0, ""))
        if most and len(self.records.catalog.page(kind, None, most).entries) >= most:
            raise Conflict(f"There are {most} {name} already: delete one first.")


def _new_id(kind: Kind, wanted: EntryInput, now: datetime) -> str:
    """An account's is part of its credentials, and no other account ever had it."""
    if kind in ACCOUNT_KINDS and wanted.id is not None:
        raise InvalidInput.of("id", "is generated: leave it out")
    return wanted.id or new_id(_PREFIXES[kind], now)


def _require_may_name(caller: Principal, before: AnyEntry | None, after: AnyEntry) -> None:
    """Who says what a team may have, says what others may not have. Raises Forbidden."""
    if after.kind is not Kind.TEAM:
        return
    had = before.content.names if before else ()
    if after.content.names != had and caller.scope_of(Permission.NAMES_WRITE) is not Scope.ALL:
        raise Forbidden(f"Your role may not change allowed_names: it lacks {Permission.NAMES_WRITE}.")


def _require_may_grant(caller: Principal, *versions: AnyEntry) -> None:
    """Raises Forbidden."""
    for entry in versions:
        if entry.kind is Kind.ACCESS_RULE:
            require_may_write(caller, entry.content)


def _require_same_type(before: AnyEntry, after: AnyEntry) -> None:
    kind_of_it = getattr(before.content, "type", None)
    if kind_of_it != getattr(after.content, "type", None):
        raise InvalidInput.of("type", f"is {kind_of_it} for good: make another {before.kind}")


def _require_same_issuer(before: AnyEntry, after: AnyEntry) -> None:
    """Rules were written for its claims."""
    if before.kind is Kind.IDENTITY_PROVIDER and before.content.issuer != after.content.issuer:
        raise InvalidInput.of("issuer", f"is {before.content.issuer} for good: make another {before.kind}")
