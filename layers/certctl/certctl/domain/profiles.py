"""Certificate profiles: which extended key usages a leaf carries and for how long it is valid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

ProfileName = Literal["server", "mtls", "client"]
_DEFAULT_VALIDITY = timedelta(days=200)


@dataclass(frozen=True)
class Profile:
    """`id` is the set of extended key usages too."""

    id: ProfileName
    validity: timedelta = _DEFAULT_VALIDITY


_BUILT_IN = (Profile("server"), Profile("mtls"), Profile("client"))
PROFILES: Mapping[str, Profile] = {profile.id: profile for profile in _BUILT_IN}


def profile_named(profile_id: str) -> Profile:
    """Raises KeyError for a profile that a record should never have got."""
    return PROFILES[profile_id]
