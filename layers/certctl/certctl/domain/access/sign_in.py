"""The sign-in of a person with an identity provider."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SignIn:
    """`at` is when the person proved to the provider who they are."""

    at: datetime
    provider_id: str
