"""The session of a browser: sign in with a key, who is signed in, sign out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.edge import ended_cookie, require_own_page, session_cookie
from certctl.api.identity.session_schemas import Feature, SessionView, session_view
from certctl.api.resolver import Api, no_content
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.identity.sessions import Sessions

_SESSION = "/api/v1/auth/session"
_TAGS = ["auth"]


def add_session_routes(
    api: Api,
    sessions: "Callable[[], Sessions]",
    features: Callable[[], Sequence[Feature]],
    now: Callable[[], datetime],
) -> None:
    @api.post(
        _SESSION, Permission.API_KEYS, summary="Start a session with an API key", tags=_TAGS, status_code=201
    )
    def start_session() -> SessionView:
        require_own_page(api.call.headers)
        started = sessions().start_with_key(api.caller)
        session = started.session
        api.call.set_cookies.append(session_cookie(started.text, session.expires_at, now()))
        caller = replace(
            api.caller,
            session_id=session.id,
            subject_id=session.subject_id,
            expires_at=session.expires_at,
        )
        return session_view(caller, sessions().name_of(caller), features())

    @api.get(_SESSION, Permission.API_KEYS, summary="Read who is signed in, and until when", tags=_TAGS)
    def get_session() -> SessionView:
        return session_view(api.caller, sessions().name_of(api.caller), features())

    @api.delete(_SESSION, Permission.API_KEYS, summary="Sign out", tags=_TAGS, status_code=204)
    def end_session() -> Response[None]:
        sessions().end(api.caller)
        api.call.set_cookies.append(ended_cookie())
        return no_content()
