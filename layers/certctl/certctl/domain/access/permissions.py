"""The permission table as data; docs/permissions.md is generated from it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    TEAM_ADMIN = "team-admin"
    OPERATOR = "operator"
    VIEWER = "viewer"
    AUDITOR = "auditor"
    AGENT = "agent"


class Permission(StrEnum):
    CERTIFICATES_READ = "certificates:read"
    CERTIFICATES_WRITE = "certificates:write"
    CERTIFICATES_SUBMIT_CSR = "certificates:submit-csr"
    CERTIFICATES_REVOKE = "certificates:revoke"
    CERTIFICATES_UNHOLD = "certificates:unhold"
    CERTIFICATES_BULK_REVOKE = "certificates:bulk-revoke"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    INVENTORY_READ = "inventory:read"
    INVENTORY_WRITE = "inventory:write"
    ENDPOINTS_WRITE = "endpoints:write"
    ACME_READ = "acme:read"
    ACME_WRITE = "acme:write"
    ACME_REVOKE = "acme:revoke"
    JOBS_READ = "jobs:read"
    JOBS_CANCEL = "jobs:cancel"
    JOBS_APPROVE = "jobs:approve"
    CATALOG_READ = "catalog:read"
    TEAM_RECORDS_READ = "team-records:read"
    CATALOG_WRITE = "catalog:write"
    OWNERS_WRITE = "owners:write"
    NAMES_WRITE = "names:write"
    TARGETS_WRITE = "targets:write"
    AGENTS_WRITE = "agents:write"
    CHANNELS_READ = "channels:read"
    CHANNELS_WRITE = "channels:write"
    CHANNELS_TEST = "channels:test"
    NOTIFICATIONS_READ = "notifications:read"
    NOTIFICATIONS_WRITE = "notifications:write"
    STATS_READ = "stats:read"
    AUDIT_READ = "audit:read"
    AUDIT_EXPORT = "audit:export"
    API_KEYS = "api-keys"
    API_KEYS_ROTATE = "api-keys:rotate"
    AGENT_WORK = "agent:work"
    IDENTITY_WRITE = "identity:write"
    ACCESS_RULES_WRITE = "access-rules:write"
    TRUST_RULES_WRITE = "trust-rules:write"
    SERVICE_ACCOUNTS_WRITE = "service-accounts:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"


READS = tuple(permission for permission in Permission if permission.endswith(":read"))


class Scope(StrEnum):
    """Which records a permission reaches."""

    ALL = "all"
    TEAMS = "own teams"
    OWN = "own records"


_ALL, _TEAMS, _OWN = Scope.ALL, Scope.TEAMS, Scope.OWN
_P = Permission


def _granted() -> Mapping[Role, Mapping[Permission, Scope]]:
    """A team-admin has all that an operator has, and an operator all that a viewer has."""
    viewer = {
        _P.CERTIFICATES_READ: _TEAMS,
        _P.INVENTORY_READ: _TEAMS,
        _P.ACME_READ: _TEAMS,
        _P.JOBS_READ: _TEAMS,
        _P.CATALOG_READ: _ALL,
        _P.TEAM_RECORDS_READ: _TEAMS,
        _P.CHANNELS_READ: _ALL,
        _P.NOTIFICATIONS_READ: _TEAMS,
        _P.STATS_READ: _ALL,
        _P.API_KEYS: _OWN,
    }
    operator = viewer | {
        _P.CERTIFICATES_WRITE: _TEAMS,
        _P.CERTIFICATES_SUBMIT_CSR: _TEAMS,
        _P.CERTIFICATES_REVOKE: _TEAMS,
        _P.INVENTORY_WRITE: _TEAMS,
        _P.ENDPOINTS_WRITE: _TEAMS,
        _P.ACME_REVOKE: _TEAMS,
        _P.JOBS_CANCEL: _TEAMS,
        _P.JOBS_APPROVE: _TEAMS,
        _P.TARGETS_WRITE: _TEAMS,
        _P.AGENTS_WRITE: _TEAMS,
        _P.CHANNELS_TEST: _TEAMS,
        _P.NOTIFICATIONS_WRITE: _TEAMS,
        _P.AUDIT_READ: _TEAMS,
    }
    return {
        Role.ADMIN: dict.fromkeys(Permission, _ALL),
        Role.TEAM_ADMIN: operator
        | {
            _P.ACME_WRITE: _TEAMS,
            _P.OWNERS_WRITE: _TEAMS,
            _P.ACCESS_RULES_WRITE: _TEAMS,
            _P.TRUST_RULES_WRITE: _TEAMS,
            _P.SERVICE_ACCOUNTS_WRITE: _TEAMS,
            _P.API_KEYS: _TEAMS,
        },
        Role.OPERATOR: operator,
        Role.VIEWER: viewer,
        Role.AUDITOR: {
            _P.CERTIFICATES_READ: _ALL,
            _P.CAMPAIGNS_READ: _ALL,
            _P.INVENTORY_READ: _ALL,
            _P.ACME_READ: _ALL,
            _P.JOBS_READ: _ALL,
            _P.CATALOG_READ: _ALL,
            _P.TEAM_RECORDS_READ: _ALL,
            _P.CHANNELS_READ: _ALL,
            _P.NOTIFICATIONS_READ: _ALL,
            _P.STATS_READ: _ALL,
            _P.AUDIT_READ: _ALL,
            _P.AUDIT_EXPORT: _ALL,
            _P.USERS_READ: _ALL,
            _P.API_KEYS: _OWN,
        },
        Role.AGENT: {
            _P.AGENT_WORK: _OWN,
            _P.API_KEYS_ROTATE: _OWN,
        },
    }


GRANTS = _granted()
NARROWEST_FIRST = (Scope.OWN, Scope.TEAMS, Scope.ALL)
_GRANTED_BY_ADMINISTRATORS = frozenset({Role.ADMIN, Role.TEAM_ADMIN})


def covers(one: Role, other: Role) -> bool:
    """Whether the one role has each permission of the other, in no narrower scope."""
    return all(_has_scope(GRANTS[one].get(p), scope) for p, scope in GRANTS[other].items())


def may_grant(granter: Role, granted: Role) -> bool:
    """Nobody grants more than their own role, and a team-admin makes no team-admins."""
    if granted in _GRANTED_BY_ADMINISTRATORS and granter is not Role.ADMIN:
        return False
    return covers(granter, granted)


def _has_scope(had: Scope | None, wanted: Scope) -> bool:
    return had is not None and NARROWEST_FIRST.index(had) >= NARROWEST_FIRST.index(wanted)


ALL_TEAMS = "*"
_PART_OF: Mapping[Permission, Permission] = {
    Permission.TEAM_RECORDS_READ: Permission.CATALOG_READ,
    Permission.OWNERS_WRITE: Permission.CATALOG_WRITE,
    Permission.ACCESS_RULES_WRITE: Permission.IDENTITY_WRITE,
}
"""The wider permission of each: as an action of a key, the wider one includes the other."""


def grants_of(role: Role, actions: Sequence[Permission]) -> Mapping[Permission, Scope]:
    """What a key may do: the permissions of its role, only those in `actions` unless it is empty. A key that
    may not manage keys may still see and end itself."""
    granted = GRANTS[role]
    if not actions:
        return granted
    kept = {p: scope for p, scope in granted.items() if p in actions or _PART_OF.get(p) in actions}
    return {Permission.API_KEYS: Scope.OWN} | kept if Permission.API_KEYS in granted else kept
