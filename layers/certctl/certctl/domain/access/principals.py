"""Callers and their grants: which records each permission reaches."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import product

from certctl.domain.access.permissions import (
    ALL_TEAMS,
    NARROWEST_FIRST,
    Permission,
    Role,
    Scope,
    covers,
    grants_of,
    may_grant,
)
from certctl.domain.access.sign_in import SessionLimit, SignIn
from certctl.domain.audit.events import UNRECORDED, Actor, ActorType, OnceOnly, UsedCredential
from certctl.domain.errors import NotFound

_STRONGEST_FIRST = (Role.ADMIN, Role.TEAM_ADMIN, Role.OPERATOR, Role.AUDITOR, Role.VIEWER, Role.AGENT)


@dataclass(frozen=True)
class Grant:
    """A role within teams (`*` for all). `actions` as in `grants_of`: those of the credential in use."""

    role: Role
    teams: tuple[str, ...]
    actions: tuple[Permission, ...] = field(default=(), metadata=UNRECORDED)

    def scope_of(self, permission: Permission) -> Scope | None:
        """The reach of a permission; None if the role, or the actions, lack it."""
        return grants_of(self.role, self.actions).get(permission)

    def reaches_team(self, permission: Permission, team_id: str | None) -> bool:
        """Own-records scope reaches no team: those records are matched by agent or key."""
        scope = self.scope_of(permission)
        if scope is Scope.ALL:
            return True
        return scope is Scope.TEAMS and (ALL_TEAMS in self.teams or team_id in self.teams)

    def covers(self, other: "Grant") -> bool:
        """Whether the other has no role and no team beyond this one."""
        if self.role is Role.ADMIN:
            return True
        has_teams = ALL_TEAMS in self.teams or set(other.teams) <= set(self.teams)
        return has_teams and covers(self.role, other.role)

    def may_grant(self, other: "Grant") -> bool:
        return may_grant(self.role, other.role) and self.covers(other)


def common_grants(ones: Iterable[Grant], others: Iterable[Grant]) -> tuple[Grant, ...]:
    """What two sets of grants share, the strongest role first: for each pair of grants the lesser role within
    the teams of both. A grant without teams, as of an agent that belongs to none, is shared without teams."""
    pairs = (_common_grant(one, other) for one, other in product(ones, others))
    return merged_grants(grant for grant in pairs if grant is not None)


def merged_grants(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """One grant for each role, the strongest first."""
    teams: dict[Role, dict[str, None]] = {}
    for grant in grants:
        teams.setdefault(grant.role, {}).update(dict.fromkeys(grant.teams))
    ranked = sorted(teams, key=_STRONGEST_FIRST.index)
    return tuple(
        Grant(role, (ALL_TEAMS,) if ALL_TEAMS in teams[role] else tuple(teams[role])) for role in ranked
    )


def without_admin(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The same with the operator's role in place of the administrator's."""
    return merged_grants(
        Grant(Role.OPERATOR, grant.teams) if grant.role is Role.ADMIN else grant for grant in grants
    )


def has_admin(grants: Iterable[Grant]) -> bool:
    return any(grant.role is Role.ADMIN for grant in grants)


def _common_grant(one: Grant, other: Grant) -> Grant | None:
    role, shared = _lesser(one.role, other.role), _shared_teams(one.teams, other.teams)
    if role is None or (not shared and one.teams and other.teams):
        return None
    return Grant(role, shared)


def _lesser(one: Role, other: Role) -> Role | None:
    if covers(one, other):
        return other
    return one if covers(other, one) else None


def _shared_teams(ones: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    if ALL_TEAMS in ones:
        return others
    return ones if ALL_TEAMS in others else tuple(team for team in ones if team in others)


_OF_ANY_NAMES = frozenset({Permission.CERTIFICATES_BULK_REVOKE, Permission.CAMPAIGNS_WRITE})
"""Permissions that select certificates by other fields than names: no key with `names` has them."""


@dataclass(frozen=True)
class Principal:
    """The caller: the id of its credential, and its grants, each a role with the teams that the role reaches
    (`*` for all). `role` and `teams` are the first grant, of the strongest role, and `further` the others: no
    role reaches another grant's teams. `subject_id` is the user, service account or agent that the credential
    acts for; None for a key of an earlier release. `makers`: for a key without an owner of its own, the keys
    that it descends from, and their owners. `answerable`, of a service account: the ids of who made it, and
    of who made the key or wrote the trust rule. `parent_id`: the key with which the caller's ends.
    `actions` as in `grants_of`. `names`: patterns (`policies.name_limits`) of the names for which it may
    request and change certificates; any if empty. `session_id`: the credential is a session. One that was
    started with an API key is this key to everybody else: `key_id` is the key's. Any other credential is its
    own `key_id`.
    `sign_in` is None unless a person signed in with a provider. `expires_at` is that of the credential.
    `has_all_grants`: the credential has all that its subject has, now or later. `limits` as in `Session`:
    what has one makes nothing. `issues_per_day` as in `ServiceAccount`. `actor_type`, unless it is an agent,
    and `credential` are for the audit trail. `once` as in `Actor`."""

    key_id: str
    role: Role
    teams: tuple[str, ...]
    owner_id: str | None = None
    agent_id: str | None = None
    makers: tuple[str, ...] = ()
    answerable: tuple[str, ...] = ()
    parent_id: str | None = None
    subject_id: str | None = None
    further: tuple[Grant, ...] = ()
    actions: tuple[Permission, ...] = ()
    names: tuple[str, ...] = ()
    session_id: str | None = None
    sign_in: SignIn | None = None
    expires_at: datetime | None = None
    limits: tuple[SessionLimit, ...] = ()
    issues_per_day: int | None = None
    actor_type: ActorType = ActorType.USER
    credential: UsedCredential | None = None
    has_all_grants: bool = False
    once: OnceOnly | None = field(default=None, compare=False)

    @property
    def credential_id(self) -> str:
        return self.session_id or self.key_id

    @property
    def is_session_of_key(self) -> bool:
        return self.session_id is not None and self.session_id != self.key_id

    @property
    def maker_id(self) -> str:
        """The maker of the keys that this principal makes: the user of a session, which ends within hours."""
        return self.subject_id if self.sign_in is not None and self.subject_id else self.key_id

    @property
    def grants(self) -> tuple[Grant, ...]:
        grants = (Grant(self.role, self.teams), *self.further)
        return tuple(replace(grant, actions=self.actions) for grant in grants)

    def scope_of(self, permission: Permission) -> Scope | None:
        """The widest scope that a grant gives the permission; None if the caller lacks it."""
        if self.names and permission in _OF_ANY_NAMES:
            return None
        scopes = {grant.scope_of(permission) for grant in self.grants}
        return next((scope for scope in reversed(NARROWEST_FIRST) if scope in scopes), None)

    def teams_of(self, permission: Permission) -> tuple[str, ...]:
        """The teams of the grants whose role has the permission; `*` stands for all."""
        grants = [grant for grant in self.grants if grant.scope_of(permission) is not None]
        return tuple(dict.fromkeys(team for grant in grants for team in grant.teams))

    @property
    def may_manage_keys(self) -> bool:
        """Whether it may make keys, and manage others than itself."""
        is_child = self.parent_id is not None or self.is_session_of_key or bool(self.limits)
        return not is_child and (not self.actions or Permission.API_KEYS in self.actions)

    def team_filter(self, permission: Permission) -> tuple[str, ...] | None:
        """The teams to which a list must be limited, or None for all."""
        if self.scope_of(permission) is Scope.ALL:
            return None
        grants = [grant for grant in self.grants if grant.scope_of(permission) is Scope.TEAMS]
        teams = tuple(dict.fromkeys(team for grant in grants for team in grant.teams))
        return None if ALL_TEAMS in teams else teams

    def reaches_team(self, permission: Permission, team_id: str | None) -> bool:
        """Whether a grant whose role has the permission reaches the team."""
        return any(grant.reaches_team(permission, team_id) for grant in self.grants)

    def covers(self, other: Grant) -> bool:
        """Whether the other has no role and no team beyond one of the caller's grants."""
        return any(grant.covers(other) for grant in self.grants)

    def may_grant(self, wanted: Grant) -> bool:
        """Nobody grants more than one of their own grants has."""
        return any(grant.may_grant(wanted) for grant in self.grants)

    def administers(self, permission: Permission, given: Grant) -> bool:
        """Whether a grant that has the permission could have given the other one: if it has the permission
        for its teams, all teams of the other are among them."""
        grants = [grant for grant in self.grants if grant.scope_of(permission) in (Scope.ALL, Scope.TEAMS)]
        return bool(given.teams) and any(grant.may_grant(given) for grant in grants)

    def gives_by_rule(self, permission: Permission, given: Grant) -> bool:
        """Whether the principal administers what anybody has who matches a rule: roles in all teams, also in
        those to come, are an administrator's to give."""
        if self.scope_of(permission) is not Scope.ALL and ALL_TEAMS in given.teams:
            return False
        return self.administers(permission, given)

    def require_reach(self, permission: Permission, team_id: str | None, what: str) -> None:
        """Raises NotFound for a record of another team, so that a caller cannot distinguish it from a missing
        one."""
        if not self.reaches_team(permission, team_id):
            raise NotFound(f"There is no {what}.")

    @property
    def actor(self) -> Actor:
        kind = ActorType.AGENT if self.role is Role.AGENT else self.actor_type
        return Actor(self.subject_id or self.key_id, kind, self.credential, self.once)
