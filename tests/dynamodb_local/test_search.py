"""A search reads as much of many certificates as of few."""

from datetime import UTC, datetime

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.filters import CertificateFilter
from certctl.services.certificates.lists import CertificateLists
from certctl.services.certificates.search_coverage import SearchCoverage
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.certificates.search_progress import SearchProgress
from certctl.store.database import Database
from tests.support.aws.dynamodb_local import new_database
from tests.support.certificates.searching import SERVICES, service_digest, store_services
from tests.support.costs.read_units import Reads, metered_reads

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
FEW, MANY = 400, 1200
MOST_REQUESTS = 10
"""Seven partitions, the records, and whether the search is complete."""
SEARCHES = {
    "svc-0000007": 1,
    "svc": 50,
    "prod.exam": 50,
    "example.com": 50,
    "com": 50,
    "payments": 50,
    "cost=c-0": 50,
    "mc-0000007": 1,
    service_digest("serial", 7)[:40]: 1,
    service_digest("serial", 7)[:8]: 1,
    service_digest("print", 7): 1,
    "1234567890123": 0,
    "no-such-name": 0,
}


@pytest.fixture
def database(endpoint: str, access_key: str) -> Database:
    return new_database(endpoint)


def _read(database: Database, typed: str) -> tuple[int, Reads]:
    lists = CertificateLists(
        CertificateIndexes(database), lambda: NOW, CachedCatalog(CatalogStore(database), lambda: NOW)
    )
    coverage = SearchCoverage(SearchProgress(database), SearchEntries(database))
    with metered_reads(database.client) as reads:
        found = lists.page(ADMIN, CertificateFilter(search=typed), None, 50).records
        coverage.is_complete()
    return len(found), reads


def test_the_reads_of_a_search_do_not_grow_with_the_inventory(database: Database) -> None:
    store_services(database, range(FEW), NOW)
    of_few = {typed: _read(database, typed) for typed in SEARCHES}
    store_services(database, range(FEW, MANY), NOW)
    for typed, found in SEARCHES.items():
        count, reads = _read(database, typed)
        assert count == found == of_few[typed][0], typed
        assert len(reads.reads) == len(of_few[typed][1].reads) <= MOST_REQUESTS, typed
        assert reads.units == of_few[typed][1].units, typed


def test_the_fleet_has_enough_for_a_full_page() -> None:
    assert 50 * len(SERVICES) < FEW
