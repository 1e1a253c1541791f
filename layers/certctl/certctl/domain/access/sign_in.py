"""The sign-in of a person with an identity provider."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.errors import SignInRequired

RECENT = timedelta(minutes=15)


class SessionLimit(StrEnum):
    """What a session cannot do, though its key or user can."""

    READ_ONLY = "read-only"
    NOT_ADMIN = "not-admin"


@dataclass(frozen=True)
class SignIn:
    """`at` is when the person proved to the provider who they are."""

    at: datetime
    provider_id: str


def require_recent(sign_in: SignIn | None, now: datetime) -> SignIn:
    """Raises SignInRequired."""
    if sign_in is None:
        raise SignInRequired("This needs a session that was started by a sign-in with an identity provider.")
    if now - sign_in.at > RECENT:
        raise SignInRequired("This needs a sign-in of the last 15 minutes: sign in again.")
    return sign_in
