"""Live sessions of a user: list them, end one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.identity.session_schemas import UserSessionsView, user_session_view
from certctl.api.resolver import Api, no_content
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.identity.sessions import UserSessions

_SESSIONS = "/api/v1/auth/users/<user_id>/sessions"
_TAGS = ["auth"]


def add_user_session_routes(api: Api, sessions: "Callable[[], UserSessions]") -> None:
    @api.get(_SESSIONS, Permission.API_KEYS, summary="List the live sessions of a user", tags=_TAGS)
    def list_user_sessions(user_id: str) -> UserSessionsView:
        live = sessions().live(api.caller, user_id)
        return UserSessionsView(data=[user_session_view(each, api.caller) for each in live])

    @api.delete(
        f"{_SESSIONS}/<session_id>",
        Permission.API_KEYS,
        summary="End a session of a user",
        tags=_TAGS,
        status_code=204,
    )
    def end_user_session(user_id: str, session_id: str) -> Response[None]:
        sessions().end(api.caller, user_id, session_id)
        return no_content()
