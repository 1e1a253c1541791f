from datetime import timedelta

import pytest

from certctl.domain.audit.events import OnceOnly
from certctl.domain.errors import Conflict
from certctl.store.database import Database
from certctl.store.idempotency import KEPT, LEASE, Earlier, IdempotencyStore, Request, done_step
from tests.support.clock import Clock

FIRST = Request("id-1", "body-a", "request-1")
SECOND = Request("id-1", "body-a", "request-2")


def test_the_first_request_may_run(database: Database, clock: Clock) -> None:
    assert IdempotencyStore(database).begin(FIRST, clock()) is None


def test_a_second_one_meets_the_first_while_it_runs(database: Database, clock: Clock) -> None:
    store = IdempotencyStore(database)
    store.begin(FIRST, clock())
    assert store.begin(SECOND, clock()) == Earlier("body-a", None)


def test_an_answer_is_kept_for_24_hours(database: Database, clock: Clock) -> None:
    store = IdempotencyStore(database)
    store.begin(FIRST, clock())
    store.finish(FIRST, "answer")
    clock.advance(KEPT - timedelta(seconds=1))
    assert store.begin(SECOND, clock()) == Earlier("body-a", "answer")
    clock.advance(timedelta(seconds=2))
    assert store.begin(SECOND, clock()) is None


def test_a_request_that_died_unanswered_frees_its_key(database: Database, clock: Clock) -> None:
    store = IdempotencyStore(database)
    store.begin(FIRST, clock())
    clock.advance(LEASE + timedelta(seconds=1))
    assert store.begin(SECOND, clock()) is None


def test_a_late_worker_does_not_complete_for_its_successor(database: Database, clock: Clock) -> None:
    store = IdempotencyStore(database)
    store.begin(FIRST, clock())
    clock.advance(LEASE + timedelta(seconds=1))
    store.begin(SECOND, clock())
    store.finish(FIRST, "late")
    store.forget(FIRST)
    assert store.begin(Request("id-1", "body-a", "request-3"), clock()) == Earlier("body-a", None)


def test_a_forgotten_request_may_be_sent_again(database: Database, clock: Clock) -> None:
    store = IdempotencyStore(database)
    store.begin(FIRST, clock())
    store.forget(FIRST)
    assert store.begin(SECOND, clock()) is None


def test_a_request_that_died_after_its_commit_keeps_its_key(database: Database, clock: Clock) -> None:
    store = IdempotencyStore(database)
    store.begin(FIRST, clock())
    database.write(done_step(OnceOnly(FIRST.id, FIRST.owner)))
    assert store.begin(SECOND, clock()) == Earlier("body-a", None)
    clock.advance(LEASE + timedelta(seconds=1))
    assert store.begin(SECOND, clock()) == Earlier("body-a", None, died_done=True)


def test_a_request_that_slept_past_its_lease_commits_nothing_beside_its_repeat(
    database: Database, clock: Clock
) -> None:
    store = IdempotencyStore(database)
    store.begin(FIRST, clock())
    clock.advance(LEASE + timedelta(seconds=1))
    store.begin(SECOND, clock())
    with pytest.raises(Conflict):
        database.write_or_refuse(done_step(OnceOnly(FIRST.id, FIRST.owner)))
