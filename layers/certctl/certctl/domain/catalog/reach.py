"""Which records a caller is shown, and which it may change: those that give roles, if they give no more than
its own grants."""

from certctl.domain.access.permissions import ALL_TEAMS, Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import read_permission, write_permission


def reaches_record(caller: Principal, entry: AnyEntry) -> bool:
    """Whether the caller may change the record as it is. Trust rules depend on their account:
    `may_trust_for`."""
    permission = write_permission(entry.kind)
    if caller.scope_of(permission) is Scope.ALL:
        return True
    if entry.kind is Kind.ACCESS_RULE:
        return caller.gives_by_rule(permission, entry.content.grant)
    if not caller.reaches_team(permission, entry.team_id):
        return False
    grants = entry.content.all_grants if entry.kind is Kind.SERVICE_ACCOUNT else ()
    return all(caller.administers(permission, grant) for grant in grants)


def may_trust_for(caller: Principal, account: AnyEntry | None) -> bool:
    """Whether the caller may change, and preview, trust rules that lead to the service account."""
    permission = Permission.TRUST_RULES_WRITE
    if caller.scope_of(permission) is Scope.ALL:
        return True
    if account is None or not caller.reaches_team(permission, account.team_id):
        return False
    return all(caller.gives_by_rule(permission, grant) for grant in account.content.all_grants)


def reads_record(caller: Principal, entry: AnyEntry, account: AnyEntry | None = None) -> bool:
    """Whether the caller is shown the record. `account` is the one that a trust rule leads to: who may see
    the one may see the other."""
    permission = read_permission(entry.kind)
    if not is_of_teams(entry.kind) or caller.team_filter(permission) is None:
        return True
    return any(caller.reaches_team(permission, team) for team in _concerned(entry, account))


def reads_names(caller: Principal, team_id: str) -> bool:
    """Whether the caller is shown which names the team may have."""
    return caller.reaches_team(Permission.TEAM_RECORDS_READ, team_id)


def is_of_teams(kind: Kind) -> bool:
    """Whether its records are shown to the teams that they concern, and to callers who read all teams."""
    return read_permission(kind) is Permission.TEAM_RECORDS_READ


def _concerned(entry: AnyEntry, account: AnyEntry | None) -> frozenset[str]:
    """The teams of the record, and those in which it gives a role. What gives one in all teams is the
    administrators'."""
    if entry.kind is Kind.TRUST_RULE:
        return _concerned(account, None) if account is not None else frozenset()
    if entry.kind is Kind.ACCESS_RULE:
        return frozenset(entry.content.teams) - {ALL_TEAMS}
    grants = entry.content.all_grants if entry.kind is Kind.SERVICE_ACCOUNT else ()
    teams = {entry.team_id, *(team for grant in grants for team in grant.teams)}
    return frozenset(team for team in teams if team not in (None, ALL_TEAMS))
