"""API keys on the wire."""

from collections.abc import Collection
from typing import Annotated, Literal, TypedDict

from pydantic import AfterValidator, BaseModel, Field

from certctl.api.records import STRICT
from certctl.api.texts import PLAIN, VISIBLE
from certctl.api.times import Moment
from certctl.domain.access.api_keys import MOST_NAMES, ApiKey, NewApiKey
from certctl.domain.access.permissions import ALL_TEAMS, Permission, Role, Scope
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.policies.name_ownership import MAX_PATTERN_LENGTH, parse_allowed_name
from certctl.domain.times import to_wire, to_wire_or_none

TeamId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]


_NamePattern = Annotated[
    str, Field(min_length=1, max_length=MAX_PATTERN_LENGTH), AfterValidator(parse_allowed_name)
]


class NewApiKeyBody(BaseModel):
    """`teams` is a list of team ids or `*`; the default is the caller's. `expires_at` is at most 400 days
    ahead, the default 90 days; a key of the caller's own owner lasts no longer than the caller's. `actions`
    limits the key to these permissions of its role, `names` to requests for, and changes of, certificates
    all of whose names match these patterns (`DNS:**.example.com`); the default is the caller's limit. With
    the `subject_id` of a service account, or of another user, the key acts for that account: `role` and
    `teams` narrow its grants, without them the key has all. So does the key that a person who signed in with
    an identity provider makes for themselves. Otherwise `role` is required."""

    model_config = STRICT

    name: Annotated[str, Field(min_length=1, max_length=128, pattern=f"^{PLAIN}+$"), VISIBLE]
    role: Role | None = None
    teams: Annotated[list[TeamId], Field(min_length=1, max_length=50)] | Literal["*"] | None = None
    owner_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    expires_at: Moment | None = None
    actions: Annotated[list[Permission], Field(min_length=1, max_length=50)] | None = None
    subject_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    names: Annotated[list[_NamePattern], Field(min_length=1, max_length=MOST_NAMES)] | None = None

    def parsed(self) -> NewApiKey:
        actions = tuple(dict.fromkeys(self.actions or ()))
        names = tuple(dict.fromkeys(self.names or ()))
        teams = _teams(self.teams)
        return NewApiKey(
            self.name, self.role, teams, self.owner_id, self.expires_at, actions, names, self.subject_id
        )


class KeyFields(TypedDict):
    """`agent_id` is set for an agent's key. `subject_id` is the user, service account or agent that the key
    acts for; null for a key of an earlier release. `made_by` is the key that made this one; `parent_id` is
    the same key if this one ends with it. `leaked_at`: it, or the key that made it, was reported as leaked
    then. `actions`: the permissions of its role to which it is limited; null: all of them. `names`: patterns
    of the names that it may request and whose certificates it may change; null: all of its teams. `asleep`:
    its user has not signed in for the days that the identity provider's `keys_sleep_after_days` names, so it
    is refused until they do."""

    id: str
    name: str
    teams: list[str] | Literal["*"]
    owner_id: str | None
    agent_id: str | None
    subject_id: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    made_by: str | None
    parent_id: str | None
    leaked_at: str | None
    actions: list[Permission] | None
    names: list[str] | None
    asleep: bool


class ApiKeyView(KeyFields):
    """A `role` of null: the key has the grants of its subject, and `teams` is empty."""

    role: Role | None


class MintedKeyView(ApiKeyView):
    """`key` is the key itself, shown in this response only."""

    key: str


class GrantView(TypedDict):
    """`scope` is the set of records that the permission reaches."""

    permission: Permission
    scope: Scope


class RoleGrantView(TypedDict):
    """A role, and the teams that it reaches."""

    role: Role
    teams: list[str] | Literal["*"]


class OwnKeyView(KeyFields):
    """The calling key and its permissions. `grants` is what it may do: no role reaches another grant's teams.
    `role` is the strongest role, `teams` the teams of that role."""

    role: Role
    grants: list[RoleGrantView]
    permissions: list[GrantView]


def own_key_view(key: ApiKey, caller: Principal) -> OwnKeyView:
    return OwnKeyView(
        **_key_fields(key, asleep=()) | {"teams": teams_view(caller.teams)},
        role=caller.role,
        grants=role_grant_views(caller),
        permissions=grant_views(caller),
    )


def role_grant_views(caller: Principal) -> list[RoleGrantView]:
    return grants_view(caller.grants)


def grant_views(caller: Principal) -> list[GrantView]:
    scopes = ((permission, caller.scope_of(permission)) for permission in sorted(Permission))
    return [GrantView(permission=p, scope=scope) for p, scope in scopes if scope is not None]


def api_key_view(key: ApiKey, asleep: Collection[str]) -> ApiKeyView:
    return ApiKeyView(**_key_fields(key, asleep), role=key.role)


def _key_fields(key: ApiKey, asleep: Collection[str]) -> KeyFields:
    """`asleep` has the ids of keys that sleep."""
    return KeyFields(
        id=key.id,
        name=key.name,
        teams=teams_view(key.teams),
        owner_id=key.owner_id,
        agent_id=key.agent_id,
        subject_id=key.subject_id,
        created_at=to_wire(key.created_at),
        expires_at=to_wire_or_none(key.expires_at),
        revoked_at=to_wire_or_none(key.revoked_at),
        last_used_at=to_wire_or_none(key.last_used_at),
        made_by=key.made_by,
        parent_id=key.parent_id,
        leaked_at=to_wire_or_none(key.leaked_at),
        actions=list(key.actions) or None,
        names=list(key.names) or None,
        asleep=key.id in asleep,
    )


def grants_view(grants: tuple[Grant, ...]) -> list[RoleGrantView]:
    return [RoleGrantView(role=grant.role, teams=teams_view(grant.teams)) for grant in grants]


def teams_view(teams: tuple[str, ...]) -> list[str] | Literal["*"]:
    return "*" if ALL_TEAMS in teams else list(teams)


def _teams(teams: list[str] | Literal["*"] | None) -> tuple[str, ...] | None:
    if teams is None:
        return None
    return (ALL_TEAMS,) if teams == "*" else tuple(teams)
