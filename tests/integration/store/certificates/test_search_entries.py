"""Search entries that are written after the change, and those of certificates that are older than search."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.filters import CertificateFilter
from certctl.services.certificates.lists import CertificateLists
from certctl.services.certificates.search_backfill import SETTLED_AFTER, BackfillRun, SearchBackfill
from certctl.services.certificates.search_coverage import SearchCoverage
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.certificates.search_entries import Entries, SearchEntries
from certctl.store.certificates.search_progress import SearchProgress
from certctl.store.database import Database
from certctl.store.follow_ups import SETTLED_AFTER as MARKS_SETTLED
from certctl.store.items import StateItem
from certctl.store.keys import SEARCH_BACKFILL
from certctl.store.writes import put
from tests.support.agents.fleet import certificate, every_page
from tests.support.aws.clients import local_aws, new_database
from tests.support.certificates.searching import store_as_before_search, version
from tests.support.clock import Clock

ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
SERIAL = "0badcafe00112233445566778899aabbccddeeff"


@pytest.fixture
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _backfill(database: Database, clock: Clock) -> SearchBackfill:
    return SearchBackfill(
        CertificateIndexes(database), SearchEntries(database), SearchProgress(database), clock
    )


def _is_complete(database: Database) -> bool:
    return SearchCoverage(SearchProgress(database), SearchEntries(database)).is_complete()


def _found(database: Database, clock: Clock, typed: str) -> list[str]:
    lists = CertificateLists(
        CertificateIndexes(database), clock, CachedCatalog(CatalogStore(database), clock)
    )
    wanted = CertificateFilter(search=typed)
    return sorted(r.id for r in every_page(lambda position: lists.page(ADMIN, wanted, position, 100)))


def _older(database: Database, clock: Clock, count: int) -> list[str]:
    ids = [f"mc-{n:03}" for n in range(count)]
    older = [certificate(i, clock(), common_name=f"{i}.prod.example.com") for i in ids]
    store_as_before_search(database, older, [version("mc-000", SERIAL, "ab" * 32, clock())])
    return ids


def _large(now: datetime) -> Certificate:
    names = tuple(f"DNS:n{n}.a.b.example.com" for n in range(80))
    return certificate("mc-large", now, common_name="n0.a.b.example.com", sans=names)


def _store(database: Database, made: Certificate) -> Entries:
    """Stores a certificate, in a process that dies right after the commit."""
    entries = SearchEntries(database).of_new(made, 50, made.created_at)
    database.transact([CertificateStore(database).create_steps(made, ())[0], *entries.steps])
    return entries


def test_a_stack_without_certificates_is_complete_at_the_first_run(database: Database, clock: Clock) -> None:
    assert not _is_complete(database)
    assert _backfill(database, clock).run(lambda: True) == BackfillRun(0, is_done=True)
    assert _is_complete(database)


def test_older_certificates_are_found_once_the_update_is_over(database: Database, clock: Clock) -> None:
    ids = _older(database, clock, 3)
    backfill = _backfill(database, clock)
    assert backfill.run(lambda: True) == BackfillRun(0, is_done=False)
    clock.advance(SETTLED_AFTER)
    assert backfill.run(lambda: True) == BackfillRun(3, is_done=True)
    assert _is_complete(database)
    assert _found(database, clock, "prod") == ids
    assert _found(database, clock, SERIAL.upper()) == ["mc-000"]
    assert _found(database, clock, "abababab") == ["mc-000"]


def test_a_stack_whose_walk_ended_before_parts_of_labels_were_indexed_walks_again(
    database: Database, clock: Clock
) -> None:
    _older(database, clock, 1)
    database.write(put(StateItem(SEARCH_BACKFILL, "certificates", amount=0, body="done")))
    backfill = _backfill(database, clock)
    assert backfill.run(lambda: True) == BackfillRun(0, is_done=False)
    assert not _is_complete(database)
    clock.advance(SETTLED_AFTER)
    assert backfill.run(lambda: True) == BackfillRun(1, is_done=True)


@pytest.mark.slow
def test_a_run_that_ends_early_continues_in_the_next_process(database: Database, clock: Clock) -> None:
    ids = _older(database, clock, 130)
    _backfill(database, clock).run(lambda: True)
    clock.advance(SETTLED_AFTER)
    goes_on = iter([True, False])
    assert _backfill(database, clock).run(lambda: next(goes_on)) == BackfillRun(100, is_done=False)
    assert not _is_complete(database)
    assert _backfill(database, clock).run(lambda: True) == BackfillRun(30, is_done=True)
    assert _found(database, clock, "prod") == ids


def test_a_slice_that_was_written_and_not_recorded_is_written_again(database: Database, clock: Clock) -> None:
    ids = _older(database, clock, 2)
    _backfill(database, clock).run(lambda: True)
    clock.advance(SETTLED_AFTER)
    SearchEntries(database).write_all(
        [certificate(ids[0], clock(), common_name=f"{ids[0]}.prod.example.com")]
    )
    assert _backfill(database, clock).run(lambda: True).is_done
    assert _found(database, clock, "prod") == ids


def test_entries_that_do_not_fit_are_written_after_the_change(database: Database, clock: Clock) -> None:
    _backfill(database, clock).run(lambda: True)
    entries = _store(database, _large(clock()))
    assert (len(entries.steps), entries.are_left) == (1, True)
    assert not _is_complete(database)
    SearchEntries(database).finish("mc-large", entries)
    assert _is_complete(database)
    assert [_found(database, clock, typed) for typed in ("n79", "a.b.ex", "mc-l")] == [["mc-large"]] * 3


def test_what_a_dead_process_left_is_written_by_the_schedule(database: Database, clock: Clock) -> None:
    backfill = _backfill(database, clock)
    backfill.run(lambda: True)
    _store(database, _large(clock()))
    backfill.run(lambda: True)
    assert not _is_complete(database)
    clock.advance(MARKS_SETTLED)
    backfill.run(lambda: True)
    assert _is_complete(database)
    assert _found(database, clock, "n79") == ["mc-large"]


def test_the_mark_of_a_certificate_that_was_never_made_goes(database: Database, clock: Clock) -> None:
    entries = SearchEntries(database).of_new(_large(clock()), 50, clock())
    database.transact(entries.steps)
    clock.advance(MARKS_SETTLED + timedelta(seconds=1))
    SearchEntries(database).finish_all(clock(), lambda: True)
    assert not SearchEntries(database).are_left()
