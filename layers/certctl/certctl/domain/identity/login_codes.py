"""One-time codes by which a command line signs in: its user consents in the dashboard, and the command line
exchanges the code for a session of its own (RFC 6749 section 4.1, RFC 7636, RFC 8252)."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.sign_in import SessionLimit, SignIn
from certctl.domain.base64url import to_base64url

CODE_LIFETIME = timedelta(seconds=60)
CHALLENGE = r"^[A-Za-z0-9_-]{43}$"
VERIFIER = r"^[A-Za-z0-9._~-]{43,128}$"
_LOOPBACK = re.compile(r"http://127\.0\.0\.1:([1-9][0-9]{0,4})/", re.ASCII)
_LAST_PORT = 65535


@dataclass(frozen=True)
class LoginCode:
    """`challenge` is S256 of the command line's secret. `redirect_uri` is where the browser brings the code;
    None for a code that the user pastes, which may have been asked for by somebody else's command line."""

    digest: str
    subject_id: str
    challenge: str
    redirect_uri: str | None
    signed_in_at: datetime
    provider_id: str
    expires_at: datetime

    @property
    def sign_in(self) -> SignIn:
        return SignIn(self.signed_in_at, self.provider_id)

    @property
    def limits(self) -> tuple[SessionLimit, ...]:
        return (SessionLimit.NOT_ADMIN,) if self.redirect_uri is None else ()

    def is_for(self, verifier: str, redirect_uri: str | None, now: datetime) -> bool:
        """Whether the caller asked for it, and in time."""
        is_asker = hmac.compare_digest(self.challenge, challenge_of(verifier))
        return is_asker and self.redirect_uri == redirect_uri and now < self.expires_at


def challenge_of(verifier: str) -> str:
    """RFC 7636 section 4.2."""
    return to_base64url(hashlib.sha256(verifier.encode()).digest())


def is_loopback(uri: str) -> bool:
    """`http://127.0.0.1:<port>/`: a port of the computer whose browser goes there."""
    match = _LOOPBACK.fullmatch(uri)
    return match is not None and int(match[1]) <= _LAST_PORT
