"""Sessions on the wire."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, TypedDict

from certctl.api.access.schemas import GrantView, RoleGrantView, grant_views, role_grant_views, teams_view
from certctl.api.records import view_of
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.access.sign_in import SessionLimit, SignIn
from certctl.domain.identity.sessions import Session, SessionClient
from certctl.domain.times import to_wire_or_none


class CredentialUse(StrEnum):
    """What the caller is identified by."""

    API_KEY = "api-key"
    SESSION = "session"
    TOKEN = "token"  # noqa: S105  # no secret


class Feature(StrEnum):
    """What a parameter of the stack leaves out."""

    INVENTORY = "inventory"


class SignInView(TypedDict):
    """A sign-in with an identity provider, and when it was: null if the provider does not say."""

    provider_id: str
    signed_in_at: str | None


class SessionView(TypedDict):
    """The caller, and until when its credential works. `id` is that of the credential. `key_id` is the API
    key itself, or the one that the session was started with; `name` is the key's, else the user's. `sign_in`
    is null unless a person signed in with a provider. `grants` is what the caller may do: no role reaches
    another grant's teams; `role` is the strongest role, `teams` the teams of that role. `features` are the
    parts of the stack that its parameters can leave out, and do not."""

    id: str
    credential: CredentialUse
    subject_id: str | None
    key_id: str | None
    name: str | None
    sign_in: SignInView | None
    expires_at: str | None
    role: Role
    teams: list[str] | Literal["*"]
    grants: list[RoleGrantView]
    permissions: list[GrantView]
    features: list[Feature]


class UserSessionView(TypedDict):
    """A live session, or the token of an assistant. `client` is what it is for. `sign_in` is null unless it
    started with an identity provider, `key_id` unless it started with that API key; `parent_id` is the
    session with which it ends. `limits` are what it may not do. `current`: the caller's own."""

    id: str
    client: SessionClient
    created_at: str
    expires_at: str
    sign_in: SignInView | None
    key_id: str | None
    parent_id: str | None
    limits: list[SessionLimit]
    current: bool


class UserSessionsView(TypedDict):
    """Newest first; a user has 20 at most."""

    data: list[UserSessionView]


def user_session_view(session: Session, caller: Principal) -> UserSessionView:
    return view_of(
        UserSessionView,
        session,
        sign_in=_sign_in_view(session.sign_in),
        current=session.id == caller.session_id,
    )


def session_view(caller: Principal, name: str | None, features: Sequence[Feature]) -> SessionView:
    return view_of(
        SessionView,
        caller,
        id=caller.credential_id,
        credential=_use_of(caller),
        key_id=caller.key_id if caller.key_id.startswith("key-") else None,
        name=name,
        sign_in=_sign_in_view(caller.sign_in),
        teams=teams_view(caller.teams),
        grants=role_grant_views(caller),
        permissions=grant_views(caller),
        features=list(features),
    )


def _sign_in_view(signed_in: SignIn | None) -> SignInView | None:
    if signed_in is None:
        return None
    return SignInView(provider_id=signed_in.provider_id, signed_in_at=to_wire_or_none(signed_in.at))


def _use_of(caller: Principal) -> CredentialUse:
    if caller.session_id is not None:
        return CredentialUse.SESSION
    return CredentialUse.API_KEY if caller.key_id.startswith("key-") else CredentialUse.TOKEN
