"""Which records a caller may change: those that give roles, if they give no more than its own grants."""

from certctl.domain.access.permissions import Permission, Principal, Scope
from certctl.domain.catalog.records import AnyEntry, Kind, write_permission


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
