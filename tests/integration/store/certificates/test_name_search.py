"""Certificates found by their names."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.filters import CertificateFilter
from certctl.services.certificates.lists import CertificateLists
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from tests.support.agents.fleet import certificate, every_page, store_certificates
from tests.support.aws.clients import local_aws, new_database

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
NAMES: dict[str, tuple[str, ...]] = {
    "mc-web": ("www.example.com", "DNS:www.example.com", "DNS:example.com"),
    "mc-api": ("a.example.com", "DNS:a.example.com", "DNS:*.apps.example.com"),
    "mc-host": ("localhost", "DNS:localhost", "IP:10.0.0.1", "URI:spiffe://mesh/web"),
    "mc-hosts": ("10.0.0.12", "IP:10.0.0.12", "email:Ops@example.com"),
    "mc-london": ("shop.example.co.uk", "DNS:shop.example.co.uk"),
}


@pytest.fixture(scope="module")
def lists() -> Iterator[CertificateLists]:
    with local_aws():
        database = new_database()
        store_certificates(
            database, [certificate(i, NOW, common_name=n[0], sans=n[1:]) for i, n in NAMES.items()]
        )
        yield CertificateLists(
            CertificateIndexes(database), lambda: NOW, CachedCatalog(CatalogStore(database), lambda: NOW)
        )


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        pytest.param("example.com", ["mc-api", "mc-web"], id="a domain finds the names in it"),
        pytest.param(" EXAMPLE.com. ", ["mc-api", "mc-web"], id="case and final dot do not matter"),
        pytest.param("www.example.com", ["mc-web"], id="a full name"),
        pytest.param("ww.example.com", ["mc-web"], id="the first label may be a beginning"),
        pytest.param("apps.example.com", ["mc-api"], id="a wildcard is in its domain"),
        pytest.param("*.apps.example.com", ["mc-api"], id="a wildcard itself"),
        pytest.param("ample.com", [], id="the domain itself is whole"),
        pytest.param("example.co.uk", ["mc-london"], id="a domain of three labels"),
        pytest.param("localhost", ["mc-host"], id="one label"),
        pytest.param("localhos", ["mc-host"], id="the beginning of one label"),
        pytest.param("10.0.0.1", ["mc-host", "mc-hosts"], id="the beginning of an address"),
        pytest.param("10.0.0.12", ["mc-hosts"], id="an address"),
        pytest.param("spiffe://mesh", ["mc-host"], id="the beginning of a URI"),
        pytest.param("Ops@example.com", ["mc-hosts"], id="a mail address"),
    ],
)
@pytest.mark.parametrize("per_page", [1, 50])
def test_names_are_found_by_domain_whole_or_by_their_beginning(
    lists: CertificateLists, sought: str, found: list[str], per_page: int
) -> None:
    wanted = CertificateFilter(name=sought)
    listed = every_page(lambda position: lists.page(ADMIN, wanted, position, per_page))
    assert sorted(record.id for record in listed) == found
