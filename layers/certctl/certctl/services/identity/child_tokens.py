"""Tokens for assistants: children of the key or session that asks for them (RFC 8693)."""

from dataclasses import dataclass

from certctl.domain.access.credentials import is_token_text
from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.access.sign_in import SessionLimit
from certctl.domain.errors import Conflict, Forbidden, GrantRefused, Unauthenticated
from certctl.domain.identity.exchanged_tokens import GrantError
from certctl.services.identity.authentication import Authentication
from certctl.services.identity.sessions import Sessions, StartedSession

_UNFIT = "subject_token is no valid API key or session."


@dataclass(frozen=True)
class ChildTokens:
    authentication: Authentication
    sessions: Sessions

    def issue(self, subject_token: str, limits: tuple[SessionLimit, ...]) -> StartedSession:
        """Raises GrantRefused for a credential that is not valid, that is a token itself, or of an agent."""
        if is_token_text(subject_token):
            raise _refused("A token makes no tokens: exchange the API key or session that it was made with.")
        try:
            return self.sessions.start_child(self._caller(subject_token), limits)
        except Conflict as refused:
            raise _refused(refused.detail) from None
        except Unauthenticated:
            raise _refused(_UNFIT) from None

    def _caller(self, subject_token: str) -> Principal:
        try:
            caller = self.authentication.authenticate_uncached(f"Bearer {subject_token}")
        except (Unauthenticated, Forbidden):
            raise _refused(_UNFIT) from None
        if caller.scope_of(Permission.API_KEYS) is None:
            raise _refused("The key of an agent has no tokens.")
        return caller


def _refused(detail: str) -> GrantRefused:
    """RFC 8693 section 2.2.2."""
    return GrantRefused(GrantError.INVALID_REQUEST, detail)
