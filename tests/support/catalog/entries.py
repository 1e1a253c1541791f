"""Records of the catalog that certificates of tests refer to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certctl.domain.catalog.defaults import BUILT_IN, DEFAULT_TEAM
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer, Owner, Target, Team
from certctl.domain.kinds import IssuerType, TargetType
from certctl.domain.policies.name_ownership import ANYTHING
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import BUILT_IN_PROFILES, Profile
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.store.catalog.records import CatalogStore
from certctl.store.database import Database

_FIELDS = {"owner_id": Kind.OWNER, "team_id": Kind.TEAM}
_CONTENTS: Mapping[Kind, Any] = {
    Kind.OWNER: Owner(),
    Kind.TEAM: Team(allowed_names=(ANYTHING,)),
    Kind.TARGET: Target(TargetType.NGINX, {}),
    Kind.ISSUER: Issuer(IssuerType.GENERIC_CA, {}),
    Kind.PROFILE: BUILT_IN_PROFILES["server"],
    Kind.RENEWAL_POLICY: RenewalPolicy(),
}


def entry(
    kind: Kind, entry_id: str, now: datetime, content: Any = None, team_id: str | None = None
) -> AnyEntry:
    return Entry(kind, entry_id, entry_id, content or _CONTENTS[kind], now, now, team_id=team_id)


def a_policy(
    entry_id: str, rule: PolicyType, now: datetime, severity: str = "Error", **config: Any
) -> AnyEntry:
    return entry(Kind.POLICY, entry_id, now, Policy(rule, PolicySeverity(severity), config))


def a_profile(entry_id: str, now: datetime, **fields: Any) -> AnyEntry:
    usages = BUILT_IN_PROFILES["server"].extended_key_usages
    return entry(Kind.PROFILE, entry_id, now, Profile(usages, **fields))


def store_entry(database: Database, stored: AnyEntry) -> None:
    """Unless one of this id is there."""
    catalog = CatalogStore(database)
    if (stored.kind, stored.id) not in BUILT_IN and catalog.get(stored.kind, stored.id) is None:
        database.transact(catalog.create_steps(stored))


def store_referred(database: Database, now: datetime, fields: Mapping[str, Any]) -> None:
    """The records that a certificate with these fields refers to: its owner, team and targets."""
    team_id = fields.get("team_id") or DEFAULT_TEAM
    for name, kind in _FIELDS.items():
        if fields.get(name):
            store_entry(database, entry(kind, fields[name], now, team_id=_team_of(kind, team_id)))
    for target_id in fields.get("target_ids") or ():
        store_entry(database, entry(Kind.TARGET, target_id, now, team_id=team_id))


def store_teams(database: Database, now: datetime, *team_ids: str) -> None:
    for team_id in team_ids:
        store_entry(database, entry(Kind.TEAM, team_id, now))


def _team_of(kind: Kind, team_id: str) -> str | None:
    return None if kind is Kind.TEAM else team_id
