"""The permission table (design.md section 6) as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.errors import NotFound


class Role(StrEnum):
    ADMIN = "admin"
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
    JOBS_READ = "jobs:read"
    JOBS_CANCEL = "jobs:cancel"
    JOBS_APPROVE = "jobs:approve"
    CATALOG_READ = "catalog:read"
    CATALOG_WRITE = "catalog:write"
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


class Scope(StrEnum):
    """Which records a permission reaches."""

    ALL = "all"
    TEAMS = "own teams"
    OWN = "own records"


_ALL, _TEAMS, _OWN = Scope.ALL, Scope.TEAMS, Scope.OWN
_P = Permission

GRANTS: Mapping[Role, Mapping[Permission, Scope]] = {
    Role.ADMIN: dict.fromkeys(Permission, _ALL),
    Role.OPERATOR: {
        _P.CERTIFICATES_READ: _TEAMS,
        _P.CERTIFICATES_WRITE: _TEAMS,
        _P.CERTIFICATES_SUBMIT_CSR: _TEAMS,
        _P.CERTIFICATES_REVOKE: _TEAMS,
        _P.JOBS_READ: _TEAMS,
        _P.JOBS_CANCEL: _TEAMS,
        _P.JOBS_APPROVE: _TEAMS,
        _P.CATALOG_READ: _ALL,
        _P.TARGETS_WRITE: _TEAMS,
        _P.AGENTS_WRITE: _TEAMS,
        _P.CHANNELS_READ: _ALL,
        _P.CHANNELS_TEST: _TEAMS,
        _P.NOTIFICATIONS_READ: _TEAMS,
        _P.NOTIFICATIONS_WRITE: _TEAMS,
        _P.STATS_READ: _ALL,
        _P.AUDIT_READ: _TEAMS,
        _P.API_KEYS: _OWN,
    },
    Role.VIEWER: {
        _P.CERTIFICATES_READ: _TEAMS,
        _P.JOBS_READ: _TEAMS,
        _P.CATALOG_READ: _ALL,
        _P.CHANNELS_READ: _ALL,
        _P.NOTIFICATIONS_READ: _TEAMS,
        _P.STATS_READ: _ALL,
        _P.API_KEYS: _OWN,
    },
    Role.AUDITOR: {
        _P.CERTIFICATES_READ: _ALL,
        _P.JOBS_READ: _ALL,
        _P.CATALOG_READ: _ALL,
        _P.CHANNELS_READ: _ALL,
        _P.NOTIFICATIONS_READ: _ALL,
        _P.STATS_READ: _ALL,
        _P.AUDIT_READ: _ALL,
        _P.AUDIT_EXPORT: _ALL,
        _P.API_KEYS: _OWN,
    },
    Role.AGENT: {
        _P.AGENT_WORK: _OWN,
        _P.API_KEYS_ROTATE: _OWN,
    },
}

_RANK = {Role.ADMIN: 3, Role.OPERATOR: 2, Role.AUDITOR: 2, Role.VIEWER: 1, Role.AGENT: 0}


def may_grant(granter: Role, granted: Role) -> bool:
    """Nobody grants more than their own role: every permission and scope of it must also be the granter's."""
    if granter is granted or granter is Role.ADMIN:
        return True
    return _RANK[granted] < _RANK[granter] and GRANTS[granted].keys() <= GRANTS[granter].keys()


ALL_TEAMS = "*"


@dataclass(frozen=True)
class Principal:
    """The caller: id and role of its key, and the teams that the key reaches (`*` for all). `makers`: for a
    key without an owner of its own, the keys that it descends from, and their owners. `parent_id`: the key
    with which the caller's ends."""

    key_id: str
    role: Role
    teams: tuple[str, ...]
    owner_id: str | None = None
    agent_id: str | None = None
    makers: tuple[str, ...] = ()
    parent_id: str | None = None

    def scope_of(self, permission: Permission) -> Scope | None:
        """The scope of a permission; None if the role lacks it."""
        return GRANTS[self.role].get(permission)

    def team_filter(self, permission: Permission) -> tuple[str, ...] | None:
        """The teams to which a list must be limited, or None for all."""
        if self.scope_of(permission) is Scope.ALL or ALL_TEAMS in self.teams:
            return None
        return self.teams

    def reaches_team(self, permission: Permission, team_id: str | None) -> bool:
        """Own-records scope reaches no team: those records are matched by agent or key."""
        scope = self.scope_of(permission)
        if scope is Scope.ALL:
            return True
        return scope is Scope.TEAMS and (ALL_TEAMS in self.teams or team_id in self.teams)

    def require_reach(self, permission: Permission, team_id: str | None, what: str) -> None:
        """Raises NotFound for a record of another team, so that a caller cannot distinguish it from a missing
        one."""
        if not self.reaches_team(permission, team_id):
            raise NotFound(f"There is no {what}.")

    @property
    def actor(self) -> Actor:
        return Actor(self.key_id, ActorType.AGENT if self.role is Role.AGENT else ActorType.USER)
