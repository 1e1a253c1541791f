"""Room for another rule that gives access."""

from dataclasses import dataclass

from certctl.domain.access.permissions import Scope
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import write_permission
from certctl.domain.catalog.rule_room import (
    count_by_team,
    require_room,
    require_room_for_teams,
    require_room_in,
    teams_of,
)
from certctl.services.catalog.rule_accounts import accounts_of
from certctl.store.catalog.records import CatalogStore
from certctl.store.catalog.rules_added import RulesAdded
from certctl.store.writes import Write

_RULES = (Kind.TRUST_RULE, Kind.ACCESS_RULE)


@dataclass(frozen=True)
class RuleRoom:
    """The steps are refused with ChangedMeanwhile if another team-admin adds a rule concurrently; other
    records, changes that add nothing to a team, and administrators' have none. Raises Conflict if there is no
    room."""

    catalog: CatalogStore
    added: RulesAdded

    def to_create(self, caller: Principal, entry: AnyEntry) -> list[Write]:
        if entry.kind not in _RULES:
            return []
        if not _is_limited(caller, entry.kind):
            require_room(entry.kind, len(self._rules(entry.kind)))
            return []
        seen, rules = self.added.seen(entry.kind), self._rules(entry.kind)
        require_room_for_teams(entry.kind, len(rules))
        accounts = accounts_of(self.catalog, [*rules, entry])
        require_room_in(entry.kind, teams_of(entry, accounts), count_by_team(rules, accounts), added=1)
        return [self.added.add_step(entry.kind, seen)]

    def to_change(self, caller: Principal, before: AnyEntry, after: AnyEntry) -> list[Write]:
        """The writes for a rule that a team-admin gives to another team, or for its service account."""
        if after.kind is Kind.SERVICE_ACCOUNT:
            return self._to_move(caller, before, after)
        if after.kind not in _RULES or not _is_limited(caller, after.kind):
            return []
        seen, rules = self.added.seen(after.kind), self._rules(after.kind)
        accounts = accounts_of(self.catalog, [*rules, before, after])
        gained = teams_of(after, accounts) - teams_of(before, accounts)
        require_room_in(after.kind, gained, count_by_team(rules, accounts), added=1)
        return [self.added.add_step(after.kind, seen)] if gained else []

    def _to_move(self, caller: Principal, before: AnyEntry, after: AnyEntry) -> list[Write]:
        kind, team_id = Kind.TRUST_RULE, after.team_id
        if team_id is None or team_id == before.team_id or not _is_limited(caller, kind):
            return []
        seen, rules = self.added.seen(kind), self._rules(kind)
        moved = sum(rule.content.service_account_id == after.id for rule in rules)
        if not moved:
            return []
        require_room_in(kind, [team_id], count_by_team(rules, accounts_of(self.catalog, rules)), moved)
        return [self.added.add_step(kind, seen)]

    def _rules(self, kind: Kind) -> list[AnyEntry]:
        return list(self.catalog.all_of(kind))


def _is_limited(caller: Principal, kind: Kind) -> bool:
    return caller.scope_of(write_permission(kind)) is not Scope.ALL
