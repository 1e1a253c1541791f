"""The sign-in of a person with an identity provider, and the operations that need a recent one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.errors import SignInRequired

RECENT = timedelta(minutes=15)
_NO_SIGN_IN_TIME = (
    "The identity provider does not say when you signed in: let its ID tokens have auth_time, then sign in "
    "again."
)


class SessionLimit(StrEnum):
    """What a session cannot do, though its key or user can."""

    READ_ONLY = "read-only"
    NOT_ADMIN = "not-admin"


class GuardedOperation(StrEnum):
    """Operations that need a recent sign-in once people sign in with a provider: what each is to its
    caller. tests/contract/api/test_step_up.py has the routes."""

    COMMAND_LINES = "The sign-in of a command line"
    IDENTITY_PROVIDERS = "A change of an identity provider"
    ACCESS_RULES = "A change of an access rule"
    PERSONAL_KEYS = "A key of a user"
    ADMINISTRATORS = "Giving the role admin"


@dataclass(frozen=True)
class SignIn:
    """`at` is when the person proved to the provider who they are; None if it does not say."""

    at: datetime | None
    provider_id: str


def sign_in_of(at: datetime | None, provider_id: str | None) -> SignIn | None:
    """The sign-in of a credential, or None if the credential began with a key."""
    return SignIn(at, provider_id) if provider_id is not None else None


def require_recent(
    sign_in: SignIn | None, operation: GuardedOperation, now: datetime
) -> tuple[datetime, str]:
    """The time and the provider of the sign-in, at most 15 minutes old. Raises SignInRequired."""
    needs = f"{operation.value} needs a sign-in with an identity provider in the last 15 minutes"
    if sign_in is None:
        raise SignInRequired(f"{needs}. An API key is none, nor is a session or token made with one.")
    if sign_in.at is None:
        raise SignInRequired(f"{needs}. {_NO_SIGN_IN_TIME}")
    if now - sign_in.at > RECENT:
        raise SignInRequired(f"{needs}: sign in again.")
    return sign_in.at, sign_in.provider_id
