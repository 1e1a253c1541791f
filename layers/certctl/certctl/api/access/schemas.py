"""API keys on the wire."""

from typing import Annotated, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from certctl.api.texts import PLAIN
from certctl.api.times import Moment
from certctl.domain.access.api_keys import ApiKey, NewApiKey
from certctl.domain.access.permissions import ALL_TEAMS, GRANTS, Permission, Role, Scope
from certctl.domain.times import to_wire, to_wire_or_none

TeamId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]


class NewApiKeyBody(BaseModel):
    """`teams` is a list of team ids or `*`; the default is the caller's. `expires_at` is at most 400 days
    ahead, the default 90 days; a key of the caller's own owner lasts no longer than the caller's."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    name: Annotated[str, Field(min_length=1, max_length=128, pattern=f"^{PLAIN}+$")]
    role: Role
    teams: Annotated[list[TeamId], Field(min_length=1, max_length=50)] | Literal["*"] | None = None
    owner_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    expires_at: Moment | None = None

    def parsed(self) -> NewApiKey:
        return NewApiKey(self.name, self.role, _teams(self.teams), self.owner_id, self.expires_at)


class ApiKeyView(TypedDict):
    """`agent_id` is set for an agent's key. `made_by` is the key that made this one; `parent_id` is the same
    key if this one ends with it. `leaked_at`: it, or the key that made it, was reported as leaked then."""

    id: str
    name: str
    role: Role
    teams: list[str] | Literal["*"]
    owner_id: str | None
    agent_id: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None
    made_by: str | None
    parent_id: str | None
    leaked_at: str | None


class MintedKeyView(ApiKeyView):
    """`key` is the key itself, shown in this response only."""

    key: str


class GrantView(TypedDict):
    """`scope` is the set of records that the permission reaches."""

    permission: Permission
    scope: Scope


class OwnKeyView(ApiKeyView):
    """The calling key and its permissions."""

    permissions: list[GrantView]


def own_key_view(key: ApiKey) -> OwnKeyView:
    grants = [GrantView(permission=p, scope=scope) for p, scope in sorted(GRANTS[key.role].items())]
    return OwnKeyView(**api_key_view(key), permissions=grants)


def api_key_view(key: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        id=key.id,
        name=key.name,
        role=key.role,
        teams="*" if ALL_TEAMS in key.teams else list(key.teams),
        owner_id=key.owner_id,
        agent_id=key.agent_id,
        created_at=to_wire(key.created_at),
        expires_at=to_wire_or_none(key.expires_at),
        revoked_at=to_wire_or_none(key.revoked_at),
        last_used_at=to_wire_or_none(key.last_used_at),
        made_by=key.made_by,
        parent_id=key.parent_id,
        leaked_at=to_wire_or_none(key.leaked_at),
    )


def _teams(teams: list[str] | Literal["*"] | None) -> tuple[str, ...] | None:
    if teams is None:
        return None
    return (ALL_TEAMS,) if teams == "*" else tuple(teams)
