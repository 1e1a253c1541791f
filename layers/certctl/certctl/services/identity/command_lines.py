"""Sign-in of a command line: its user consents in the dashboard, and it exchanges the code."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.credentials import key_hash
from certctl.domain.access.principals import Principal
from certctl.domain.access.sign_in import GuardedOperation, require_recent
from certctl.domain.errors import Forbidden, GrantRefused, InvalidInput, Unauthenticated
from certctl.domain.identity.exchanged_tokens import GrantError
from certctl.domain.identity.login_codes import CODE_LIFETIME, LoginCode, is_loopback
from certctl.services.identity.sessions import Sessions, StartedSession
from certctl.store.identity.login_codes import LoginCodeStore
from certctl.unit_of_work.units import Units

_CODE_BYTES = 32
_UNFIT = "The code is unknown, used or older than a minute, or another command line asked for it."


@dataclass(frozen=True)
class MintedCode:
    """`text` is returned in this one response and stored nowhere."""

    code: LoginCode
    text: str


@dataclass(frozen=True)
class CommandLines:
    units: Units
    codes: LoginCodeStore
    sessions: Sessions
    now: Callable[[], datetime]

    def consent(self, caller: Principal, challenge: str, redirect_uri: str | None) -> MintedCode:
        """A code for the command line that has the secret of `challenge`. Raises SignInRequired unless the
        caller signed in with a provider in the last 15 minutes, InvalidInput for an address that is no port
        of the user's own computer."""
        if redirect_uri is not None and not is_loopback(redirect_uri):
            raise InvalidInput.of("redirect_uri", "must be http://127.0.0.1:PORT/")
        now = self.now()
        signed_in_at, provider_id = require_recent(caller.sign_in, GuardedOperation.COMMAND_LINES, now)
        if caller.subject_id is None or caller.session_id is None or caller.limits:
            raise Forbidden("Only a session of the dashboard consents to a command line.")
        text = secrets.token_urlsafe(_CODE_BYTES)
        code = LoginCode(
            digest=key_hash(text),
            subject_id=caller.subject_id,
            challenge=challenge,
            redirect_uri=redirect_uri,
            signed_in_at=signed_in_at,
            provider_id=provider_id,
            expires_at=now + CODE_LIFETIME,
        )
        unit = self.units.begin(caller.actor, caller.credential_id, now)
        unit.write(self.codes.create_step(code))
        unit.commit()
        return MintedCode(code, text)

    def exchange(self, code: str, verifier: str, redirect_uri: str | None) -> StartedSession:
        """Starts the session, in one transaction with the end of the code. Raises GrantRefused."""
        found = self.codes.get(key_hash(code))
        if found is None or not found.is_for(verifier, redirect_uri, self.now()):
            raise _unfit()
        try:
            return self.sessions.start_cli(found, self.codes.use_step(found, _unfit()))
        except Unauthenticated as refused:
            raise GrantRefused(GrantError.INVALID_GRANT, refused.detail) from None


def _unfit() -> GrantRefused:
    return GrantRefused(GrantError.INVALID_GRANT, _UNFIT)
