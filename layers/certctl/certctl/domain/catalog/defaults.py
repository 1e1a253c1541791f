"""The records that exist from the start. They can be edited, not deleted."""

from collections.abc import Mapping
from datetime import datetime

from certctl.domain.catalog.default_renewal import FIRST_RELEASE, default_renewal_policy
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import DEFAULT_OWNER, Kind
from certctl.domain.catalog.records import Issuer, Owner, Team
from certctl.domain.kinds import IssuerType
from certctl.domain.policies.profiles import BUILT_IN_PROFILES

DEFAULT_TEAM = "t-default"
LOCAL_ISSUER = "iss-local"


def default_entries(now: datetime) -> tuple[AnyEntry, ...]:
    """The default records, created at `now`."""
    profiles = [
        Entry(Kind.PROFILE, profile_id, profile_id, profile, now, now)
        for profile_id, profile in BUILT_IN_PROFILES.items()
    ]
    return (
        Entry(Kind.TEAM, DEFAULT_TEAM, "Default team", Team(), now, now),
        Entry(Kind.OWNER, DEFAULT_OWNER, "Default owner", Owner(), now, now, team_id=DEFAULT_TEAM),
        Entry(Kind.ISSUER, LOCAL_ISSUER, "Local CA", Issuer(IssuerType.GENERIC_CA, {}), now, now),
        default_renewal_policy(now),
        *profiles,
    )


BUILT_IN: Mapping[tuple[Kind, str], AnyEntry] = {
    (entry.kind, entry.id): entry for entry in default_entries(FIRST_RELEASE)
}
"""The default if such a row is missing, so that its absence stops nothing."""
