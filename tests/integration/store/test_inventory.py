from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.crypto.inventory.facts import parse
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.inventory.manifests import FIRST, LAST
from certctl.domain.inventory.observed import ObservedCertificate, Sighting
from certctl.domain.inventory.places import parse_place
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source, SourceKind
from certctl.store.database import Database
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.scopes import ScopeStore, SourceStore
from certctl.store.inventory.sightings import SightingStore
from tests.support.aws.clients import local_aws, new_database
from tests.support.inventory.made import NOW, Maker, observed

_PARSED = parse(Maker().leaf("www.example.com", "example.com"))
_FULL = observed(
    _PARSED,
    owner_id="o-ada",
    sightings=2,
    team_sightings={"t-web": 1, "t-db": 1},
    renewed_by="certbot",
    tags={"app": "shop"},
    alerted=("30",),
    next_alert_at=NOW + timedelta(days=60),
)


@pytest.fixture
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


@pytest.mark.parametrize("certificate", [observed(_PARSED), _FULL, replace(_FULL, gone_at=NOW)])
def test_a_certificate_is_read_as_it_was_stored(database: Database, certificate: ObservedCertificate) -> None:
    store = ObservedStore(database)
    database.write(store.create_step(certificate))
    assert store.get(certificate.fingerprint) == certificate
    assert store.get_many([certificate.fingerprint, "ff" * 32]) == [certificate]


def test_a_certificate_that_changed_since_is_not_written_over(database: Database) -> None:
    store = ObservedStore(database)
    database.write(store.create_step(_FULL))
    database.write_or_refuse(store.save_step(_FULL, _FULL.seen("t-web", 1)))
    with pytest.raises(ChangedMeanwhile):
        database.write_or_refuse(store.save_step(_FULL, _FULL.seen("t-db", 1)))
    stored = store.get(_FULL.fingerprint)
    assert stored is not None
    assert (stored.sightings, stored.revision) == (3, 2)


def test_the_der_is_kept_as_bytes(database: Database) -> None:
    store = ObservedStore(database)
    database.put_all([store.der_step(_PARSED)] * 1)
    assert store.der_of(_PARSED.fingerprint) == _PARSED.der
    assert store.ders_of([_PARSED.fingerprint]) == {_PARSED.fingerprint: _PARSED.der}


def test_a_certificate_is_due_when_its_alert_is(database: Database) -> None:
    store = ObservedStore(database)
    database.write(store.create_step(_FULL))
    early, late = NOW + timedelta(days=59), NOW + timedelta(days=60)
    assert [page for shard in range(8) for page in store.due_pages(shard, early)] == []
    assert [page for shard in range(8) for page in store.due_pages(shard, late)] == [[_FULL.fingerprint]]


def test_a_range_has_the_places_between_its_ends(database: Database) -> None:
    store = SightingStore(database)
    seen = [
        Sighting("sc-1", parse_place(f"file:/etc/{n}.pem#0"), _PARSED.fingerprint, "t-web", NOW, ("ab" * 32,))
        for n in range(9)
    ]
    database.transact([store.change_step(None, each) for each in seen])
    ordered = sorted(seen, key=lambda each: each.place.key)
    assert list(store.in_range("sc-1", FIRST, LAST).values()) == ordered
    middle = store.in_range("sc-1", ordered[2].place.key, ordered[5].place.key)
    assert list(middle.values()) == ordered[3:6]
    assert store.in_range("sc-2", FIRST, LAST) == {}


def test_places_of_a_certificate_are_those_where_it_still_is(database: Database) -> None:
    store = SightingStore(database)
    here, there = (
        Sighting("sc-1", parse_place(f"file:/etc/{n}.pem#0"), _PARSED.fingerprint, "t-web", NOW) for n in "ab"
    )
    database.transact([store.change_step(None, here), store.change_step(None, there.ended(NOW))])
    assert store.first_of(_PARSED.fingerprint, 10) == [here]


def test_a_scope_is_read_as_it_was_stored(database: Database) -> None:
    store = ScopeStore(database)
    scope = Scope("sc-1", "src-1", "t-web", "files of web-1", NOW, timedelta(days=1))
    database.write(store.create_step(scope))
    assert store.get("sc-1") == scope
    reported = scope.reported(NOW).with_new(3, "2026-11-24")
    store.save(scope, reported)
    assert store.get_many(["sc-1"]) == [replace(reported, revision=2)]
    with pytest.raises(ChangedMeanwhile):
        store.save(scope, reported)
    tomorrow = NOW + timedelta(days=1)
    assert [page for shard in range(8) for page in store.due_pages(shard, tomorrow)] == [["sc-1"]]


def test_sources_are_listed_page_by_page(database: Database) -> None:
    store = SourceStore(database)
    sources = [Source(f"src-{n}", SourceKind.UPLOAD, f"upload {n}", "t-web", NOW) for n in range(3)]
    database.transact([store.create_step(each) for each in sources])
    first, after = store.page(None, 2)
    rest, end = store.page(after, 2)
    assert [*first, *rest] == sources
    assert end is None
    database.write_or_refuse(store.scopes_step(sources[0], ("sc-1",)))
    assert store.get("src-0") == replace(sources[0], scope_ids=("sc-1",))
