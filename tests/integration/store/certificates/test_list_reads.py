"""What a page of 50 reads of DynamoDB: a filter that no index applies costs little more than none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.filters import CertificateFilter
from certctl.domain.certificates.statuses import Status
from certctl.services.certificates.lists import CertificateLists
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.database import Database
from tests.support.agents.fleet import live, store_certificates
from tests.support.aws.clients import local_aws, new_database
from tests.support.costs.read_units import metered_reads

_NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
_ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
_MANY = 300
_TARGET = 35
"""Read units of a page whose filter shows most of its rows."""
_BOUND = 135
"""Read units of a page that looks at all the rows that it may."""


def _stored(number: int) -> Certificate:
    """In the order of their numbers two of three are Active, all of one team, and one of 40 is of staging."""
    created = _NOW - timedelta(minutes=number + 1)
    expires = _NOW + timedelta(hours=number + 1 if number % 3 == 0 else 2000 + number)
    environment = "staging" if number % 40 == 39 else "production"
    identifier = f"mc-{number:05}"
    return live(identifier, created, expires, name=identifier, environment=environment, team_id="t-1")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with local_aws():
        database = new_database()
        store_certificates(database, [_stored(number) for number in range(3 * _MANY)])
        yield database


@dataclass(frozen=True)
class _Page:
    records: int
    calls: int
    units: float


def _read(database: Database, wanted: CertificateFilter) -> _Page:
    catalog = CachedCatalog(CatalogStore(database), lambda: _NOW)
    catalog.renewal_policies()
    lists = CertificateLists(CertificateIndexes(database), lambda: _NOW, catalog)
    with metered_reads(database.client) as read:
        page = lists.page(_ADMIN, wanted, None, 50)
    return _Page(len(page.records), len(read.reads), read.units)


def test_an_unfiltered_page_reads_one_row_more_than_it_shows(database: Database) -> None:
    page = _read(database, CertificateFilter())
    assert (page.records, page.units) == (50, 27.5)


@pytest.mark.parametrize(
    "wanted",
    [
        CertificateFilter(status=Status.EXPIRING),
        CertificateFilter(environment="production"),
        CertificateFilter(team_id="t-1", environment="production"),
    ],
)
def test_a_filter_that_shows_nearly_all_costs_little_more_than_none(
    database: Database, wanted: CertificateFilter
) -> None:
    page = _read(database, wanted)
    assert page.records == 50
    assert page.units <= _TARGET, page


def test_a_filter_that_shows_two_of_three_loads_what_is_missing(database: Database) -> None:
    page = _read(database, CertificateFilter(status=Status.ACTIVE))
    assert page.records == 50
    assert page.units <= 2 * _TARGET, page


def test_a_filter_that_shows_few_is_bounded(database: Database) -> None:
    page = _read(database, CertificateFilter(environment="staging"))
    assert page.records < 50
    assert page.units <= _BOUND, page
