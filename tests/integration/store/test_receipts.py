"""Receipts are attributes of a revocation's row: written once, never by a change of the revocation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.revocation.receipts import Receipt
from certctl.domain.status.looks import DueRevocation, Observation, Sighting, Way
from certctl.store.database import Database
from certctl.store.revocation.receipts import ReceiptStore
from certctl.store.revocation.revocations import RevocationStore
from tests.integration.store.test_revocations import MARK, NOW
from tests.support.aws.clients import local_aws, new_database
from tests.support.costs.write_units import metered

DUE = replace(MARK, receipt=Receipt(due_at=NOW))
ROW = DueRevocation("ca-1", "0", "0a01", NOW)
IN_CRL = Sighting(Way.CRL, NOW + timedelta(seconds=23), "c1", NOW + timedelta(seconds=20), 42)
BY_OCSP = Sighting(Way.OCSP, NOW + timedelta(seconds=1.5), "0c")


@pytest.fixture
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


@pytest.fixture
def store(database: Database) -> RevocationStore:
    return RevocationStore(database)


@pytest.fixture
def receipts(database: Database) -> ReceiptStore:
    return ReceiptStore(database)


def _seen(
    *sightings: Sighting, missing: frozenset[Way] = frozenset(), row: DueRevocation = ROW
) -> Observation:
    return Observation(row, sightings, missing)


def _receipt(store: RevocationStore) -> Receipt:
    found = store.find("ca-1", 0, "0a01")
    assert found
    return found.receipt


def test_a_revocation_is_due_until_its_receipt_is_complete(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    database.transact([store.add_step(DUE)])
    assert receipts.due("ca-1", "0", NOW, 10) == [ROW]
    assert receipts.due("ca-1", "0", NOW - timedelta(seconds=1), 10) == []
    assert receipts.due("ca-1", "1", NOW, 10) == []
    assert receipts.record(_seen(BY_OCSP, missing=frozenset({Way.CRL})))
    (still_due,) = receipts.due("ca-1", "0", NOW, 10)
    assert receipts.record(_seen(IN_CRL, row=still_due))
    assert receipts.due("ca-1", "0", NOW, 10) == []
    assert _receipt(store) == Receipt(
        due_at=None,
        crl_number=42,
        crl_seen_at=NOW + timedelta(seconds=23),
        crl_seconds=23,
        crl_unseen_at=NOW + timedelta(seconds=20),
        crl_sha256="c1",
        ocsp_seen_at=NOW + timedelta(seconds=1),
        ocsp_seconds=1.5,
        ocsp_sha256="0c",
    )


def test_rows_of_earlier_releases_and_of_a_restore_are_not_due(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    database.transact([store.add_step(MARK)])
    assert receipts.due("ca-1", "0", NOW + timedelta(days=1), 10) == []
    assert not _receipt(store).is_watched


def test_a_second_watcher_changes_nothing(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    database.transact([store.add_step(DUE)])
    assert receipts.record(_seen(IN_CRL))
    later = replace(IN_CRL, seen_at=NOW + timedelta(seconds=60), sha256="c2")
    assert not receipts.record(_seen(later))
    assert _receipt(store).crl_sha256 == "c1"


def test_of_two_watchers_that_wait_for_ocsp_the_first_stands(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    database.transact([store.add_step(DUE)])
    waits = frozenset({Way.OCSP})
    assert receipts.record(_seen(IN_CRL, missing=waits))
    later = replace(IN_CRL, seen_at=NOW + timedelta(seconds=60), sha256="c2")
    assert not receipts.record(_seen(later, missing=waits))
    assert _receipt(store).crl_sha256 == "c1"


def test_a_hold_that_ended_gets_no_receipt_and_one_that_began_again_its_own(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    held = replace(DUE, reason="certificateHold")
    database.transact([store.add_step(held)])
    database.transact([store.remove_step(held)])
    assert not receipts.record(_seen(IN_CRL))
    assert store.find("ca-1", 0, "0a01") is None
    again = NOW + timedelta(seconds=30)
    database.transact([store.add_step(replace(held, revoked_at=again, receipt=Receipt(due_at=again)))])
    assert not receipts.record(_seen(IN_CRL))
    assert _receipt(store) == Receipt(due_at=again)


def test_a_stronger_reason_leaves_the_receipt(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    database.transact([store.add_step(DUE)])
    receipts.record(_seen(IN_CRL))
    stronger = replace(MARK, reason="keyCompromise", revoked_by="key-2", invalidity_date=None)
    database.transact([store.replace_step(stronger, DUE)])
    after = store.find("ca-1", 0, "0a01")
    assert after is not None
    assert replace(after, receipt=MARK.receipt) == stronger
    assert after.receipt.crl_number == 42


def test_those_sampled_out_are_due_for_the_crl_alone(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    sampled_out = replace(DUE, receipt=Receipt(due_at=NOW, ocsp_sampled_out=True))
    database.transact([store.add_step(sampled_out)])
    (row,) = receipts.due("ca-1", "0", NOW, 10)
    assert row.waits_for(has_responder=True) == {Way.CRL}
    assert store.find("ca-1", 0, "0a01") == sampled_out


def test_many_due_rows_are_read_oldest_first_and_no_more_than_asked_for(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    for n in range(4):
        at = NOW - timedelta(seconds=n)
        row = replace(MARK, serial_number=f"0a{n:02x}", revoked_at=at, receipt=Receipt(due_at=at))
        database.transact([store.add_step(row)])
    assert [row.serial for row in receipts.due("ca-1", "0", NOW, 3)] == ["0a03", "0a02", "0a01"]


def test_a_receipt_costs_3_write_units_and_one_more_for_each_way_that_is_seen_apart(
    database: Database, store: RevocationStore, receipts: ReceiptStore
) -> None:
    with metered(database.client) as plain:
        database.transact([store.add_step(replace(MARK, serial_number="0a02"))])
    with metered(database.client) as revoking:
        database.transact([store.add_step(DUE)])
    with metered(database.client) as ending:
        receipts.record(_seen(IN_CRL))
    assert (revoking.units - plain.units, ending.units) == (1, 2)
    database.transact([store.add_step(replace(DUE, serial_number="0a03"))])
    with metered(database.client) as apart:
        row = replace(ROW, serial="0a03")
        receipts.record(_seen(BY_OCSP, row=row, missing=frozenset({Way.CRL})))
        receipts.record(_seen(IN_CRL, row=row))
    assert apart.units == 4
