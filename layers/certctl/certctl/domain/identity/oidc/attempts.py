"""A sign-in between its two redirects: only the person's browser has it, in a cookie."""

import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from certctl.domain.base64url import from_base64url, to_base64url
from certctl.domain.identity.login_codes import challenge_of

LIFETIME = timedelta(minutes=10)
OLDEST = 24 * 3600
"""The longest `max_age` that may be asked for, in seconds."""
_CLOCKS = timedelta(seconds=5)
"""Between the processes of the two requests."""
_RANDOM_BYTES = 32
_LONGEST_COOKIE = 4096
_LONGEST_PATH = 1024
# A browser takes `//host` and `/\host` for another site, and drops tabs and newlines before it looks.
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
HOME = "/"


@dataclass(frozen=True)
class SignInAttempt:
    """`state`, `nonce` and `verifier` are 256 random bits each. `begun_at` and `max_age` are in seconds;
    `max_age` is how long ago the person may have proved who they are to the provider, None for any time."""

    provider_id: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    return_to: str
    begun_at: int
    max_age: int | None = None

    @property
    def challenge(self) -> str:
        """S256 of RFC 7636 section 4.2."""
        return challenge_of(self.verifier)

    def has_expired(self, now: datetime) -> bool:
        age = timedelta(seconds=now.timestamp() - self.begun_at)
        return not -_CLOCKS <= age <= LIFETIME

    def has_state(self, state: str) -> bool:
        return hmac.compare_digest(self.state.encode(), state.encode())

    def has_nonce(self, nonce: object) -> bool:
        return isinstance(nonce, str) and hmac.compare_digest(self.nonce.encode(), nonce.encode())


def new_attempt(provider_id: str, return_to: str, max_age: int | None, now: datetime) -> SignInAttempt:
    # ADR 41: nothing is stored, so that strangers who call the login route write nothing.
    state, nonce, verifier = (secrets.token_urlsafe(_RANDOM_BYTES) for _ in range(3))
    return SignInAttempt(
        provider_id, state, nonce, verifier, own_path(return_to), int(now.timestamp()), max_age
    )


def own_path(text: str) -> str:
    """The path if it stays within this site, else that of the home page."""
    return text if len(text) <= _LONGEST_PATH and _OWN_PATH.fullmatch(text) else HOME


def attempt_text(attempt: SignInAttempt) -> str:
    """The attempt in base64url, for a cookie. Not signed: a person who changes it changes a sign-in of their
    own (ADR 41)."""
    return to_base64url(json.dumps(asdict(attempt), separators=(",", ":")).encode())


def attempt_in(text: str) -> SignInAttempt | None:
    """The attempt in the text of a cookie; None for any other text."""
    if len(text) > _LONGEST_COOKIE:
        return None
    try:
        stored = json.loads(from_base64url(text))
        attempt = SignInAttempt(**stored)
    except (ValueError, TypeError, RecursionError):
        return None
    return attempt if _is_whole(attempt) else None


def _is_whole(attempt: SignInAttempt) -> bool:
    texts = (attempt.provider_id, attempt.state, attempt.nonce, attempt.verifier, attempt.return_to)
    numbers = (attempt.begun_at, *(() if attempt.max_age is None else (attempt.max_age,)))
    return (
        all(isinstance(text, str) and text.isascii() and text for text in texts)
        and all(type(number) is int for number in numbers)
        and own_path(attempt.return_to) == attempt.return_to
    )
