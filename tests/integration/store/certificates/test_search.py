"""Search for certificates by typed text."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.filters import CertificateFilter
from certctl.domain.certificates.statuses import Lifecycle, Status
from certctl.domain.errors import InvalidInput
from certctl.domain.sorting import CertificateSort
from certctl.services.certificates.lists import CertificateLists
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.database import Database
from certctl.store.paging import Position
from tests.support.agents.fleet import certificate, every_page
from tests.support.aws.clients import local_aws, new_database
from tests.support.certificates.searching import store_searchable, version

NOW = datetime(2026, 12, 1, tzinfo=UTC)
ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
OF_TEAM_1 = Principal("key-1", Role.OPERATOR, ("t-1",))
OLD, CURRENT = "0badcafe00112233445566778899aabbccddeeff", "7f00000000000000000000000000000000000001"
PRINT = "deadbeef" + "0" * 56
NAMES: dict[str, dict[str, Any]] = {
    "sso": {"common_name": "sso.example.com", "serial_number": CURRENT},
    "mc-wiki": {"common_name": "wiki.example.com", "name": "Team wiki (Zürich)", "team_id": "t-1"},
    "mc-svc": {"common_name": "svc-0042.prod.example.com", "tags": {"Cost": "42", "tier": "gold"}},
    "mc-book": {"common_name": "xn--bcher-kva.example", "lifecycle": Lifecycle.REVOKED},
    "mc-mesh": {"common_name": "mesh", "sans": ("URI:spiffe://prod.local/ns/web", "IP:10.0.0.1")},
    "mc-many": {
        "common_name": "m0.shop.test",
        "sans": [f"DNS:m{n}.shop.test" for n in range(40)],
    },
}
VERSIONS = [version("sso", OLD, "11" * 32, NOW), version("sso", CURRENT, PRINT, NOW.replace(year=2027))]


@pytest.fixture(scope="module")
def tables() -> Iterator[Database]:
    with local_aws():
        database = new_database()
        store_searchable(database, [certificate(i, NOW, **fields) for i, fields in NAMES.items()], VERSIONS)
        yield database


@pytest.fixture
def lists(tables: Database) -> CertificateLists:
    return CertificateLists(
        CertificateIndexes(tables), lambda: NOW, CachedCatalog(CatalogStore(tables), lambda: NOW)
    )


def _found(lists: CertificateLists, typed: str, per_page: int = 50, **filters: Any) -> list[str]:
    wanted = CertificateFilter(search=typed, **filters)
    listed = every_page(lambda position: lists.page(ADMIN, wanted, position, per_page))
    return sorted(record.id for record in listed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sso", ["sso"]),
        ("SSO", ["sso"]),
        ("wiki", ["mc-wiki"]),
        ("svc-0042", ["mc-svc"]),
        ("0042", ["mc-svc"]),
        ("prod.exam", ["mc-svc"]),
        ("prod", ["mc-mesh", "mc-svc"]),
        ("example.com", ["mc-svc", "mc-wiki", "sso"]),
        (" Wiki.Example.com. ", ["mc-wiki"]),
        ("zür", ["mc-wiki"]),
        ("ZÜRICH", ["mc-wiki"]),
        ("team wiki (z", ["mc-wiki"]),
        ("bücher", ["mc-book"]),
        ("xn--bch", ["mc-book"]),
        ("mc-b", ["mc-book"]),
        ("cost", ["mc-svc"]),
        ("cost=42", ["mc-svc"]),
        ("tier=g", ["mc-svc"]),
        ("spiffe://prod", ["mc-mesh"]),
        ("ns/web", ["mc-mesh"]),
        ("10.0.", ["mc-mesh"]),
        ("m3", ["mc-many"]),
        ("shop", ["mc-many"]),
        (OLD, ["sso"]),
        (OLD[1:9], ["sso"]),
        (f"0x{OLD.upper()}", ["sso"]),
        ("0B:AD:CA:FE:00", ["sso"]),
        (str(int(CURRENT, 16)), ["sso"]),
        (PRINT, ["sso"]),
        ("DE:AD:BE:EF", ["sso"]),
        ("deadbee", []),
        ("iki", []),
        ("42", []),
    ],
)
@pytest.mark.parametrize("per_page", [1, 50])
def test_certificates_are_found_by_what_people_type(
    lists: CertificateLists, typed: str, found: list[str], per_page: int
) -> None:
    assert _found(lists, typed, per_page) == found


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", ".", "*", "%", "#", "-", "0", "00:", "\x00", "\x1b[2J"),
        *("Ünï", "🔥🔥", "\ud800x", "a" * 300, "é" * 300),
    ],
)
def test_odd_input_finds_nothing(lists: CertificateLists, typed: str) -> None:
    assert _found(lists, typed) == []


@pytest.mark.parametrize("name", ["", "a" * 256, "\x00", "é"])
def test_a_name_that_none_can_be_finds_nothing(lists: CertificateLists, name: str) -> None:
    page = lists.page(ADMIN, CertificateFilter(name=name), None, 5)
    assert (page.records, page.next) == ([], None)


def test_a_certificate_that_many_of_its_texts_match_is_found_once(lists: CertificateLists) -> None:
    assert [_found(lists, "m", n) for n in (1, 3, 50)] == [[], [], []]
    assert [_found(lists, "m1", n) for n in (1, 3, 50)] == [["mc-many"]] * 3


def test_a_search_goes_with_filters_and_with_the_reach_of_the_caller(lists: CertificateLists) -> None:
    assert _found(lists, "bücher", status=Status.REVOKED) == ["mc-book"]
    assert _found(lists, "bücher", status=Status.PENDING) == []
    of_team = lists.page(OF_TEAM_1, CertificateFilter(search="example.com"), None, 50)
    assert [record.id for record in of_team.records] == ["mc-wiki"]


def test_a_search_goes_with_a_domain(lists: CertificateLists) -> None:
    assert _found(lists, "prod", name="example.com") == ["mc-svc"]
    assert _found(lists, "prod", name="Ünï") == []


@pytest.mark.parametrize("sort", CertificateSort)
def test_an_order_of_what_a_search_finds_is_refused(lists: CertificateLists, sort: CertificateSort) -> None:
    with pytest.raises(InvalidInput):
        lists.page(ADMIN, CertificateFilter(search="sso"), None, 50, sort)


@pytest.mark.parametrize("after", ["~", "#", "t#", "x" * 1024, "t#sso.example.com#mc-wiki"])
def test_a_forged_position_reaches_nothing_else(lists: CertificateLists, after: str) -> None:
    page = lists.page(OF_TEAM_1, CertificateFilter(search="example"), Position("search", after), 50)
    assert {record.team_id for record in page.records} <= {"t-1"}


def test_what_an_edit_took_away_finds_nothing_more(tables: Database, lists: CertificateLists) -> None:
    before = certificate("mc-edited", NOW, common_name="edited.test", name="Alpha one", tags={"old": "1"})
    store_searchable(tables, [before])
    after = before.with_changes(NOW, name="Beta one", tags={"new": "1"})
    entries = SearchEntries(tables).of_edited(before, after, 90, NOW)
    tables.transact([CertificateStore(tables).save_step(before, after), *entries.steps])
    assert [_found(lists, typed) for typed in ("alpha", "old=1")] == [[], []]
    assert [_found(lists, typed) for typed in ("beta", "one", "new=1")] == [["mc-edited"]] * 3


def test_a_row_that_outlived_its_text_shows_nothing(tables: Database, lists: CertificateLists) -> None:
    before = certificate("mc-stale", NOW, common_name="stale.test", name="Gamma two")
    store_searchable(tables, [before])
    tables.write(CertificateStore(tables).save_step(before, replace(before, name="Delta", revision=2)))
    assert _found(lists, "gamma") == []
