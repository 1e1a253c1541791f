"""The book of the catalog: cached for a minute, with its defaults, and there while the store is not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer, Team
from certctl.domain.errors import Unavailable
from certctl.domain.kinds import IssuerType
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.domain.policies.statuses import PolicySeverity
from certctl.domain.renewal.policies import OnRenewal, RenewalPolicy
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.known import Place
from certctl.store.catalog.records import CatalogStore, EntryPage
from certctl.store.catalog.renewal_policies import CachedRenewalPolicies
from certctl.store.database import Database
from tests.support.clock import Clock

MINUTE = timedelta(seconds=60)
POLICY = Policy(PolicyType.ALLOWED_ENVIRONMENTS, PolicySeverity.ERROR, {"environments": ["test"]})


class Catalog(CatalogStore):
    """A store that can be down, counts its reads, and writes at a touch."""

    is_down = False
    reads = 0

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database)
        self._clock = clock

    def get_many(self, places: Sequence[Place]) -> dict[Place, AnyEntry]:
        self._count()
        return super().get_many(places)

    def page(self, kind: Kind, after: str | None, limit: int) -> EntryPage:
        self._count()
        return super().page(kind, after, limit)

    def made(self, kind: Kind, entry_id: str, content: Any) -> AnyEntry:
        now = self._clock().replace(microsecond=0)
        entry: AnyEntry = Entry(kind, entry_id, entry_id, content, now, now)
        self._database.transact(self.create_steps(entry))
        return entry

    def changed(self, before: AnyEntry, content: Any) -> AnyEntry:
        after = replace(before, content=content, revision=before.revision + 1)
        self._database.transact(self.replace_steps(before, after))
        return after

    def marked(self, entry: AnyEntry) -> None:
        self._database.transact(self.mark_steps(entry, self._clock()))

    def _count(self) -> None:
        self.reads += 1
        if self.is_down:
            raise Unavailable("The database did not answer in time.")


@pytest.fixture
def catalog(database: Database, clock: Clock) -> Catalog:
    return Catalog(database, clock)


@pytest.fixture
def book(catalog: Catalog, clock: Clock) -> CachedCatalog:
    return CachedCatalog(catalog, clock)


def test_a_record_is_read_once_a_minute(catalog: Catalog, book: CachedCatalog, clock: Clock) -> None:
    first = catalog.made(Kind.TEAM, "t-1", Team("old"))
    assert book.find(Kind.TEAM, "t-1") == first
    second = catalog.changed(first, Team("new"))
    clock.advance(MINUTE - timedelta(seconds=1))
    assert book.find(Kind.TEAM, "t-1") == first
    assert catalog.reads == 1
    clock.advance(timedelta(seconds=1))
    assert book.find(Kind.TEAM, "t-1") == second


def test_a_record_that_was_not_there_a_moment_ago_is_found(catalog: Catalog, book: CachedCatalog) -> None:
    assert book.find(Kind.TEAM, "t-1") is None
    made = catalog.made(Kind.TEAM, "t-1", Team())
    assert book.find(Kind.TEAM, "t-1") == made


def test_a_record_that_is_being_deleted_is_gone_within_a_minute(
    catalog: Catalog, book: CachedCatalog, clock: Clock
) -> None:
    entry = catalog.made(Kind.TEAM, "t-1", Team())
    book.find(Kind.TEAM, "t-1")
    catalog.marked(entry)
    clock.advance(MINUTE)
    assert book.find(Kind.TEAM, "t-1") is None


def test_many_records_are_found_in_one_read(catalog: Catalog, book: CachedCatalog) -> None:
    team = catalog.made(Kind.TEAM, "t-1", Team())
    issuer = catalog.made(Kind.ISSUER, "iss-1", Issuer(IssuerType.GENERIC_CA, {}))
    wanted = [(Kind.TEAM, "t-1"), (Kind.ISSUER, "iss-1"), (Kind.OWNER, "none")]
    assert book.find_many(wanted) == {wanted[0]: team, wanted[1]: issuer}
    assert catalog.reads == 1


def test_cached_records_are_used_while_the_store_is_down(
    catalog: Catalog, book: CachedCatalog, clock: Clock
) -> None:
    team = catalog.made(Kind.TEAM, "t-1", Team())
    book.find(Kind.TEAM, "t-1")
    catalog.is_down = True
    clock.advance(MINUTE)
    assert book.find(Kind.TEAM, "t-1") == team
    with pytest.raises(Unavailable):
        book.find(Kind.TEAM, "t-2")


def test_a_default_that_has_no_row_has_its_built_in_values(book: CachedCatalog) -> None:
    assert {name: book.profile(name) for name in BUILT_IN_PROFILES} == BUILT_IN_PROFILES
    assert book.find(Kind.TEAM, "t-default") is not None
    assert book.find(Kind.OWNER, "o-default") is not None
    assert book.find(Kind.ISSUER, "iss-local") is not None
    assert book.profile("none") is None


def test_the_default_renewal_policy_stands_in_for_one_that_is_not_there(
    catalog: Catalog, book: CachedCatalog, clock: Clock
) -> None:
    assert book.renewal_policy("rp-gone") == RenewalPolicy()
    catalog.made(Kind.RENEWAL_POLICY, "rp-default", RenewalPolicy(renewal_window_days=10))
    catalog.made(Kind.RENEWAL_POLICY, "rp-short", RenewalPolicy(renewal_window_days=2))
    clock.advance(MINUTE)
    assert book.renewal_policy("rp-gone").renewal_window_days == 10
    assert book.renewal_policy("rp-short").renewal_window_days == 2


def test_policies_are_the_enabled_ones(catalog: Catalog, book: CachedCatalog) -> None:
    enabled = catalog.made(Kind.POLICY, "pol-1", POLICY)
    catalog.made(Kind.POLICY, "pol-2", replace(POLICY, enabled=False))
    catalog.marked(catalog.made(Kind.POLICY, "pol-3", POLICY))
    assert book.policies() == (enabled,)


def test_policies_are_read_once_a_minute_and_apply_while_the_store_is_down(
    catalog: Catalog, book: CachedCatalog, clock: Clock
) -> None:
    enabled = catalog.made(Kind.POLICY, "pol-1", POLICY)
    book.policies()
    book.policies()
    assert catalog.reads == 1
    catalog.is_down = True
    clock.advance(MINUTE)
    assert book.policies() == (enabled,)


def test_policies_that_were_never_read_are_not_taken_for_none(catalog: Catalog, book: CachedCatalog) -> None:
    catalog.is_down = True
    with pytest.raises(Unavailable):
        book.policies()


def test_renewal_policies_read_alone_are_those_of_the_book(
    catalog: Catalog, book: CachedCatalog, database: Database, clock: Clock
) -> None:
    alone = CachedRenewalPolicies(database, clock)
    made = RenewalPolicy(2, auto_renew=False, alert_thresholds_days=(5, 1), on_renewal=OnRenewal.REKEY)
    catalog.made(Kind.RENEWAL_POLICY, "rp-short", made)
    marked = catalog.made(Kind.RENEWAL_POLICY, "rp-leaving", RenewalPolicy(3))
    catalog.marked(marked)
    for policy_id in ("rp-short", "rp-leaving", "rp-gone", "rp-default"):
        assert alone.renewal_policy(policy_id) == book.renewal_policy(policy_id)
    assert alone.renewal_policy("rp-short") == made


def test_a_renewal_policy_that_was_just_made_is_read_when_a_certificate_names_it(
    book: CachedCatalog, catalog: Catalog
) -> None:
    """Within the minute: another function may know it already, and both say how urgent a certificate is."""
    book.renewal_policies()
    made = catalog.made(Kind.RENEWAL_POLICY, "rp-new", RenewalPolicy(renewal_window_days=2))
    assert book.renewal_policies().get("rp-new") == made.content
    reads = catalog.reads
    assert [book.renewal_policies().get("rp-none") for _ in range(2)] == [None, None]
    assert catalog.reads == reads + 1


def test_a_renewal_policy_that_cannot_be_read_is_none(book: CachedCatalog, catalog: Catalog) -> None:
    listed = dict(book.renewal_policies())
    catalog.is_down = True
    assert book.renewal_policies().get("rp-new") is None
    assert dict(book.renewal_policies()) == listed
