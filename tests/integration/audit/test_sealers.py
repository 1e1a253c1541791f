"""Sealers that crash, meet one another, or are lied to: the bucket decides."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from certctl.connectors.aws.objects import Objects
from certctl.crypto.audit.seals import seal_bytes
from certctl.domain.audit.seals import Seal, SealBroken, SignedHead, seal_object
from certctl.domain.errors import ChangedMeanwhile, Conflict, Unavailable
from certctl.store.audit.seals import SealRows
from certctl.store.items import StateItem
from certctl.store.keys import AUDIT_SEALS, LOCK
from certctl.store.writes import delete, put
from tests.support.audit.seals import AUDIT_BUCKET, SealedTrail, check_chain

NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FAR = 10**15


@pytest.fixture(autouse=True)
def at_noon(trail: SealedTrail) -> None:
    trail.clock.time = NOON


class Interrupted(Objects):
    """Calls `before` and `after` around each put of a seal."""

    def __init__(
        self,
        trail: SealedTrail,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(trail.s3, AUDIT_BUCKET)
        self._before, self._after = before, after

    def put(self, key: str, body: bytes, content_type: str, cache_control: str, if_match: str | None) -> str:
        is_seal = key.startswith("seals/")
        if is_seal:
            self._before()
        etag = super().put(key, body, content_type, cache_control, if_match)
        if is_seal:
            self._after()
        return etag


class Crash(BaseException):
    """Simulates the death of the process."""


def crash() -> None:
    raise Crash


def lose_the_answer() -> None:
    """The client repeats the put, and S3 reports that the object exists."""
    raise Conflict("changed meanwhile")


def indexed(trail: SealedTrail) -> list[int]:
    rows, _ = trail.rows.page(None, 500)
    return [row.seq for row in reversed(rows)]


def test_who_crashes_before_the_put_leaves_nothing(trail: SealedTrail) -> None:
    event_id = trail.happened(NOON - 3 * MINUTE)
    with pytest.raises(Crash):
        trail.sealing(Interrupted(trail, before=crash)).run(lambda: True)
    trail.seal_later()
    assert (trail.sealed_ids, indexed(trail)) == ([event_id], [1])


def test_who_crashes_after_the_put_has_sealed_and_the_next_run_writes_the_row(trail: SealedTrail) -> None:
    event_id = trail.happened(NOON - 3 * MINUTE)
    with pytest.raises(Crash):
        trail.sealing(Interrupted(trail, after=crash)).run(lambda: True)
    assert (trail.sealed_ids, indexed(trail)) == ([event_id], [])
    trail.seal_later()
    assert (trail.sealed_ids, indexed(trail)) == ([event_id], [1, 2])
    check_chain(trail.seals)


def test_rows_that_were_lost_come_back_in_order(trail: SealedTrail) -> None:
    for _ in range(5):
        trail.seal_later()
    late = trail.happened(trail.clock() - 8 * MINUTE)
    trail.seal_later()
    rows, _ = trail.rows.page(None, 4)
    for row in rows:
        trail.database.write(delete(StateItem(AUDIT_SEALS, row.sort_key)))
    trail.seal_later()
    assert indexed(trail) == [1, 2, 3, 4, 5, 6, 7]
    assert trail.rows.late([late]) == {late: 6}


def test_a_row_that_cannot_be_written_fails_the_run_but_no_seal(trail: SealedTrail) -> None:
    class Down(SealRows):
        def add(self, signed: SignedHead, late_ids: object) -> None:
            raise Unavailable("The database did not answer in time.")

    with pytest.raises(Unavailable):
        trail.sealing(rows=Down(trail.database)).run(lambda: True)
    assert trail.seal_later().seals == 1
    assert indexed(trail) == [1, 2]


def test_a_seal_whose_answer_was_lost_is_ours(trail: SealedTrail) -> None:
    trail.happened(NOON - 3 * MINUTE)
    report = trail.sealing(Interrupted(trail, after=lose_the_answer)).run(lambda: True)
    assert (report.seals, report.events, len(trail.seals)) == (1, 1, 1)


def test_a_put_that_another_is_just_making_ends_the_run(trail: SealedTrail) -> None:
    """S3 responds 409 to one of two concurrent puts, even if the other finally fails."""
    with pytest.raises(ChangedMeanwhile):
        trail.sealing(Interrupted(trail, before=lose_the_answer)).run(lambda: True)
    assert trail.seal_later().seals == 1


def test_the_second_sealer_continues_from_the_firsts_seal(trail: SealedTrail) -> None:
    ids = [trail.happened(NOON - 3 * MINUTE)]
    theirs = trail.sealing()

    def first() -> None:
        theirs.run(lambda: True)
        ids.append(trail.happened(NOON - 2 * MINUTE))
        trail.clock.advance(timedelta(seconds=1))

    report = trail.sealing(Interrupted(trail, before=first)).run(lambda: True)
    assert report.seals == 0
    trail.seal_later()
    assert trail.sealed_ids == ids
    check_chain(trail.seals)


def test_eight_sealers_at_once_make_one_chain(trail: SealedTrail) -> None:
    """No sealer has the lock from the others: without a seal in the bucket all of them go ahead."""
    trail.began = (NOON - timedelta(days=3)).date()
    ids = [trail.happened(NOON - timedelta(hours=h)) for h in range(70, 0, -7)]
    barrier = Barrier(8)

    def run(_: int) -> int:
        barrier.wait()
        try:
            return trail.sealing().run(lambda: True).seals
        except ChangedMeanwhile:
            return 0

    with ThreadPoolExecutor(8) as pool:
        made = sum(pool.map(run, range(8)))
    trail.seal_later()
    assert made <= len(trail.seals) - 1
    assert trail.sealed_ids == ids
    assert indexed(trail) == [seal.head.seq for seal in trail.seals]
    check_chain(trail.seals)


def test_sixteen_writers_at_once_leave_nothing_out(trail: SealedTrail) -> None:
    """Each commits some seconds to some minutes after the time in the event's id."""
    trail.seal()

    def write(writer: int) -> list[str]:
        made = []
        for n in range(8):
            age = timedelta(seconds=(7 * writer + 113 * n) % 900)
            made.append(trail.happened(trail.clock() - age))
        return made

    with ThreadPoolExecutor(16) as pool:
        writers = [pool.submit(write, writer) for writer in range(16)]
        for _ in range(4):
            trail.seal_later(timedelta(seconds=200))
        ids = [event_id for writer in writers for event_id in writer.result()]
    for _ in range(6):
        trail.seal_later()
    trail.seal_later(timedelta(hours=25))
    assert len(ids) == 128
    assert sorted(trail.sealed_ids) == sorted(ids)
    check_chain(trail.seals)


@pytest.mark.parametrize("seq", [1, 2, 999_999_999])
def test_a_row_that_lies_is_not_believed(trail: SealedTrail, seq: int) -> None:
    for _ in range(3):
        trail.seal_later()
    trail.database.write(put(StateItem(AUDIT_SEALS, f"2099-01-01T00:00:00Z#{seq:010}", amount=seq)))
    for _ in range(2):
        trail.seal_later()
    assert len(trail.seals) == 5
    assert {row.seq for row in trail.rows.page(None, 500)[0]} >= {1, 2, 3, 4, 5}
    check_chain(trail.seals)


def test_rows_that_are_none_of_ours_are_passed_over(trail: SealedTrail) -> None:
    trail.seal()
    for place in ("~", "x#y", "2026-11-24T12:00:00Z#1"):
        trail.database.write(put(StateItem(AUDIT_SEALS, place, body="[")))
        trail.seal_later()
    assert len(trail.seals) == 4
    check_chain(trail.seals)


def test_a_lock_that_never_ends_stops_sealing_for_a_quarter_of_an_hour_only(trail: SealedTrail) -> None:
    trail.seal()
    trail.database.write(put(StateItem(LOCK, "audit_seals", owner="thief", amount=FAR)))
    assert [trail.seal_later().seals for _ in range(4)] == [0, 0, 1, 0]


def forged(trail: SealedTrail, seq: int, body: bytes) -> None:
    trail.s3.put_object(Bucket=AUDIT_BUCKET, Key=seal_object(seq), Body=body)


def edited(seal: Seal) -> Seal:
    return replace(seal, manifest=(("aud-x", "00" * 32, "e"),))


def unsigned(seal: Seal) -> Seal:
    return replace(seal, signed=replace(seal.signed, head=replace(seal.head, total=7)))


FORGERIES: list[Callable[[Seal], bytes]] = [
    lambda _: b"",
    lambda _: b"[]",
    lambda _: b'{"head":{},"manifest":[],"signature":""}',
    lambda _: b"[" * 100_000,
    seal_bytes,
    lambda seal: seal_bytes(edited(seal)),
    lambda seal: seal_bytes(unsigned(seal)),
    lambda seal: seal_bytes(seal).replace(b'"signature":"', b'"signature":"!'),
]


def test_nothing_is_sealed_on_top_of_what_no_sealer_wrote(trail: SealedTrail) -> None:
    trail.seal()
    (first,) = trail.seals
    trail.clock.advance(5 * MINUTE)
    for forgery in FORGERIES:
        forged(trail, 2, forgery(first))
        with pytest.raises(SealBroken):
            trail.seal()
    assert trail.archive().newest_seq(0) == 2


def test_a_bucket_of_another_stack_is_refused(trail: SealedTrail, monkeypatch: pytest.MonkeyPatch) -> None:
    trail.seal()
    monkeypatch.setattr("tests.support.audit.seals.STACK", "green")
    with pytest.raises(SealBroken, match="blue"):
        trail.seal_later()


def test_the_newest_seal_is_found_with_any_hint(trail: SealedTrail) -> None:
    for seq in range(1, 14):
        forged(trail, seq, b"{}")
    for hint in (0, 1, 5, 12, 13, 14, 400):
        assert trail.archive().newest_seq(hint) == 13, hint


def test_the_first_seal_after_a_time_is_found(trail: SealedTrail) -> None:
    for _ in range(6):
        trail.seal_later()
    cutoffs = [seal.head.cutoff for seal in trail.seals]
    for moment in [NOON - timedelta(days=1), *cutoffs, *(c + MINUTE for c in cutoffs)]:
        expected = next((n for n, cutoff in enumerate(cutoffs, start=1) if cutoff > moment), 7)
        assert trail.archive().first_after(moment, 6) == expected
