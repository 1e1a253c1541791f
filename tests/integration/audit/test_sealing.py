"""Which events are sealed, when, and in which order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.audit import seals as seal_rules
from certctl.domain.audit.calls import API_CALL
from certctl.domain.audit.events import Actor
from certctl.domain.audit.seals import SealBroken, bound
from certctl.domain.errors import Unavailable
from certctl.domain.ids import new_id
from certctl.services.audit import sealing as sealing_module
from certctl.store.audit.events import AuditStore
from certctl.store.audit.items import AuditItem
from certctl.store.keys import audit_day_shard
from certctl.store.writes import put
from tests.support.audit.seals import SealedTrail, an_event, check_chain, leaf, new_seal_key

NOON = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def at_noon(trail: SealedTrail) -> None:
    trail.clock.time = NOON


def test_a_run_seals_up_to_a_minute_ago(trail: SealedTrail) -> None:
    old, new = trail.happened(NOON - 2 * MINUTE), trail.happened(NOON - timedelta(seconds=59))
    report = trail.seal()
    assert (report.seals, report.events, report.cutoff) == (1, 1, NOON - MINUTE)
    assert trail.sealed_ids == [old]
    trail.seal_later()
    assert trail.sealed_ids == [old, new]
    check_chain(trail.seals)


def test_nothing_happened_is_sealed_too(trail: SealedTrail) -> None:
    trail.seal()
    trail.seal_later()
    assert [(seal.head.seq, seal.head.count) for seal in trail.seals] == [(1, 0), (2, 0)]
    check_chain(trail.seals)


def test_a_second_run_within_the_second_makes_no_seal(trail: SealedTrail) -> None:
    trail.seal()
    assert trail.seal().seals == 0
    assert len(trail.seals) == 1


def test_a_manifest_has_id_leaf_and_class_of_each_event_in_order(trail: SealedTrail) -> None:
    events = [an_event(NOON - n * MINUTE, resource_type=kind) for n, kind in ((5, API_CALL), (3, "job"))]
    for event in reversed(events):
        AuditStore(trail.database).append(event)
    trail.seal()
    (seal,) = trail.seals
    assert seal.manifest == tuple((e.id, leaf(e), k) for e, k in zip(events, "ce", strict=True))
    assert (seal.head.stack, seal.head.retention_days) == ("blue", {"c": 400, "e": 3650})
    assert "2026-11-24T11:59:30Z" in str(seal.head.as_record())


def test_what_was_there_before_the_first_seal_is_sealed_from_the_beginning(trail: SealedTrail) -> None:
    trail.began = (NOON - timedelta(days=3)).date()
    ids = [trail.happened(NOON - timedelta(hours=hours)) for hours in (80, 50, 30, 10, 1)]
    report = trail.seal()
    assert (report.seals, report.events, report.cutoff) == (4, 5, NOON - MINUTE)
    assert trail.sealed_ids == ids
    check_chain(trail.seals)


def test_a_late_event_is_in_the_next_seal(trail: SealedTrail) -> None:
    trail.seal()
    late = trail.happened(NOON - 10 * MINUTE)
    on_time = trail.happened(NOON)
    report = trail.seal_later()
    assert trail.seals[1].manifest[0][0] == late
    assert trail.sealed_ids == [late, on_time]
    assert (report.late, trail.seals[1].head.late) == (0, ())
    check_chain(trail.seals)


def test_one_that_is_over_15_minutes_late_is_named_in_the_head(trail: SealedTrail) -> None:
    trail.seal()
    trail.clock.advance(5 * MINUTE)
    trail.seal()
    very_late, late = trail.happened(NOON - 14 * MINUTE), trail.happened(NOON - 5 * MINUTE)
    report = trail.seal_later()
    assert trail.sealed_ids == [very_late, late]
    assert (report.late, trail.seals[2].head.late) == (1, (very_late,))
    check_chain(trail.seals)


def test_one_that_is_hours_late_is_found_a_day_later(trail: SealedTrail) -> None:
    for _ in range(3):
        trail.seal_later(timedelta(hours=1))
    hours_late = trail.happened(NOON + 2 * MINUTE)
    before = trail.happened(NOON - 3 * MINUTE)
    for _ in range(7):
        trail.seal_later(timedelta(hours=4))
    assert sorted(trail.sealed_ids) == [before, hours_late]
    named = [event_id for seal in trail.seals for event_id in seal.head.late]
    assert named == trail.sealed_ids
    check_chain(trail.seals)


def test_each_hour_is_looked_at_again_whatever_the_runs(trail: SealedTrail) -> None:
    """Late events at any time of a day, seals at odd times, an outage among them: all found, each once."""
    trail.began = NOON.date()
    trail.seal()
    for hours in (0.3, 1.7, 0.2, 5, 0.9, 2.2):
        trail.seal_later(timedelta(hours=hours))
    ids = [trail.happened(NOON + timedelta(minutes=n)) for n in range(0, 600, 37)]
    for hours in (0.5, 0.5, 0.5, 0.5, 9, 2, 0.1, 0.1, 0.1, 0.1, 7, 12, 26):
        trail.seal_later(timedelta(hours=hours))
    assert sorted(trail.sealed_ids) == ids
    check_chain(trail.seals)


def test_no_event_is_in_two_seals(trail: SealedTrail) -> None:
    trail.seal()
    ids = []
    for _ in range(6):
        ids += [trail.happened(trail.clock() - n * MINUTE) for n in (0, 2, 6)]
        trail.seal_later()
    trail.seal_later()
    assert sorted(trail.sealed_ids) == sorted(ids)


def test_after_an_outage_all_is_sealed_by_slices_of_a_day(trail: SealedTrail) -> None:
    trail.seal()
    ids = [trail.happened(NOON + timedelta(hours=9 * n)) for n in range(9)]
    report = trail.seal_later(timedelta(days=4))
    assert (report.seals, report.events) == (4, 9)
    assert trail.sealed_ids == ids
    assert {seal.head.late for seal in trail.seals} == {()}
    check_chain(trail.seals)


def test_a_run_out_of_time_continues_in_the_next(trail: SealedTrail) -> None:
    trail.seal()
    ids = [trail.happened(NOON + timedelta(hours=20 * n)) for n in range(5)]
    trail.clock.advance(timedelta(days=4))
    turns = iter([True, True, False, False])
    report = trail.seal(lambda: next(turns))
    assert (report.seals, report.cutoff) == (2, NOON - MINUTE + timedelta(days=2))
    trail.seal()
    assert trail.sealed_ids == ids
    check_chain(trail.seals)


@pytest.fixture
def small_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing_module, "ENTRIES_AT_MOST", 10)
    monkeypatch.setattr("certctl.store.audit.ranges._ROWS_OF_ONE_SHARD", 4)


@pytest.mark.usefixtures("small_seals")
def test_a_seal_is_bounded_and_more_than_it_holds_gives_several(trail: SealedTrail) -> None:
    trail.seal()
    ids = [trail.happened(NOON + timedelta(seconds=2 * n)) for n in range(60)]
    trail.seal_later()
    assert trail.sealed_ids == ids
    assert max(seal.head.count for seal in trail.seals) <= 10
    assert {seal.head.late for seal in trail.seals} == {()}
    check_chain(trail.seals)


@pytest.mark.usefixtures("small_seals")
def test_a_second_with_more_than_a_seal_holds_stops_nothing(trail: SealedTrail) -> None:
    trail.seal()
    flood = [trail.happened(NOON + timedelta(milliseconds=n)) for n in range(45)]
    after = trail.happened(NOON + timedelta(seconds=90))
    for _ in range(4):
        trail.seal_later()
    assert sorted(trail.sealed_ids) == sorted([*flood, after])
    assert max(seal.head.count for seal in trail.seals) <= 10
    check_chain(trail.seals)


@pytest.mark.usefixtures("small_seals")
def test_more_late_events_than_a_seal_holds_are_all_sealed(trail: SealedTrail) -> None:
    trail.seal()
    late = [trail.happened(NOON - timedelta(seconds=70 + n)) for n in range(35)]
    trail.seal_later()
    assert sorted(trail.sealed_ids) == sorted(late)
    check_chain(trail.seals)


def test_rows_that_no_event_of_ours_is_stop_nothing_and_are_not_sealed(trail: SealedTrail) -> None:
    """An object that a stolen writer role could put."""
    good = trail.happened(NOON - 3 * MINUTE)
    partition = audit_day_shard(good)
    fields: dict[str, Any] = {"event": "{}", "actor_day": "x", "delete_after": 1}
    ids = ("", "x", bound(NOON - 3 * MINUTE)[:-1] + "u", bound(NOON - 3 * MINUTE)[:-3], "aud-\N{SNOWMAN}")
    for event_id in filter(None, ids):
        trail.database.write(put(AuditItem(partition, event_id, **fields)))
    elsewhere = partition[:-1] + str((int(partition[-1]) + 1) % 8)
    trail.database.write(put(AuditItem(elsewhere, good, **fields)))
    raw = {"day_shard": {"S": partition}, "event": {"N": "1"}}
    numbered = next(
        i for i in iter(lambda: new_id("aud", NOON - 3 * MINUTE), "") if audit_day_shard(i) == partition
    )
    trail.database.client.put_item(TableName="audit", Item=raw | {"event_id": {"S": numbered}})
    trail.seal()
    trail.seal_later()
    assert trail.sealed_ids == [good]


def test_an_event_that_is_not_json_is_sealed_unchanged(trail: SealedTrail) -> None:
    event_id = new_id("aud", NOON - 3 * MINUTE)
    item = AuditItem(audit_day_shard(event_id), event_id, event="{", actor_day="x", delete_after=1)
    trail.database.write(put(item))
    trail.seal()
    assert [(i, kind) for i, _, kind in trail.seals[0].manifest] == [(event_id, "e")]


def test_an_event_of_the_future_is_sealed_when_its_time_has_come(trail: SealedTrail) -> None:
    future = trail.happened(NOON + timedelta(hours=2))
    trail.seal()
    trail.seal_later()
    assert trail.sealed_ids == []
    trail.seal_later(timedelta(hours=2))
    assert trail.sealed_ids == [future]


def test_midnight_is_no_gap(trail: SealedTrail) -> None:
    trail.clock.time = datetime(2026, 11, 24, 23, 58, tzinfo=UTC)
    trail.seal()
    ids = [trail.happened(trail.clock() + n * MINUTE) for n in range(-8, 8)]
    trail.seal_later()
    trail.seal_later()
    assert sorted(trail.sealed_ids) == ids
    check_chain(trail.seals)


def test_a_clock_that_went_back_makes_no_seal_until_it_is_where_it_was(trail: SealedTrail) -> None:
    trail.seal()
    trail.clock.advance(-timedelta(hours=1))
    assert trail.seal().seals == 0
    trail.clock.advance(timedelta(hours=1, minutes=5))
    assert trail.seal().seals == 1
    check_chain(trail.seals)


def test_the_public_key_is_kept_in_the_bucket(trail: SealedTrail) -> None:
    trail.seal()
    assert (trail.archive().key() or b"").startswith(b"-----BEGIN PUBLIC KEY-----")


def test_another_key_does_not_seal_into_the_same_bucket(trail: SealedTrail) -> None:
    trail.seal()
    trail.key = new_seal_key()
    trail.clock.advance(5 * MINUTE)
    with pytest.raises(SealBroken):
        trail.seal()


def test_actors_and_teams_are_in_no_manifest(trail: SealedTrail) -> None:
    trail.happened(NOON - 3 * MINUTE, actor=Actor("key-alice"), team_id="t-secret")
    trail.seal()
    body = trail.archive().stored(1)
    assert b"alice" not in body
    assert b"t-secret" not in body


def test_what_s3_refuses_fails_the_run_and_the_next_one_seals(trail: SealedTrail) -> None:
    class Down:
        def __getattr__(self, name: str) -> object:
            raise Unavailable("S3 did not answer in time. Try again.")

    event_id = trail.happened(NOON - 3 * MINUTE)
    with pytest.raises(Unavailable):
        trail.sealing(Down()).run(lambda: True)  # type: ignore[arg-type]  # all that is needed
    trail.seal()
    assert trail.sealed_ids == [event_id]


def test_the_rules_hold_together() -> None:
    """Looking back further than two hours by the near way would need the far one sooner."""
    assert seal_rules.NEAR_LOOKBACK > seal_rules.LATE_AFTER
    assert seal_rules.FAR_LOOKBACK > seal_rules.NEAR_LOOKBACK
