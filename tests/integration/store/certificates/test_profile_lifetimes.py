"""The longest lifetime of a leaf, by the profiles that certificates have."""

from datetime import UTC, datetime, timedelta

from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.policies.profiles import BUILT_IN_PROFILES, Profile
from certctl.store.catalog.records import CatalogStore
from certctl.store.database import Database
from certctl.store.policies.lifetimes import longest_lifetime

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _profile(store: CatalogStore, database: Database, profile_id: str, days: int, used: bool) -> None:
    profile = Profile(BUILT_IN_PROFILES["server"].extended_key_usages, max_ttl=timedelta(days=days))
    entry = Entry(Kind.PROFILE, profile_id, profile_id, profile, NOW, NOW)
    database.transact(store.create_steps(entry))
    if used:
        database.write(store.refer_step(Kind.PROFILE, profile_id, "certificate#mc-1"))


def test_the_longest_profile_in_use_counts_and_a_longer_one_that_nobody_uses_does_not(
    database: Database,
) -> None:
    store = CatalogStore(database)
    _profile(store, database, "prof-long", 1000, used=False)
    _profile(store, database, "prof-used", 300, used=True)
    _profile(store, database, "prof-short", 30, used=True)
    assert longest_lifetime(store) == timedelta(days=300)


def test_without_a_profile_in_use_it_is_that_of_the_default_one(database: Database) -> None:
    assert longest_lifetime(CatalogStore(database)) == timedelta(days=200)
