from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.revocation.revocations import Revocation
from certctl.store.database import Database
from certctl.store.revocation.ends import RevocationEndStore
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.crl_changes import CrlChangeStore
from tests.support.aws.clients import local_aws, new_database

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
MARK = Revocation(
    id="rev-1",
    ca_id="ca-1",
    crl_shard=0,
    serial_number="0a01",
    certificate_id="mc-1",
    issuer_id="iss-local",
    reason="superseded",
    revoked_by="key-1",
    revoked_at=NOW,
    not_after=NOW + timedelta(days=90),
    invalidity_date=NOW - timedelta(days=1),
)
HELD = replace(MARK, reason="certificateHold")


@pytest.fixture
def database() -> Iterator[Database]:
    with local_aws():
        yield new_database()


@pytest.fixture
def store(database: Database) -> RevocationStore:
    return RevocationStore(database)


def test_what_was_written_is_read_back(database: Database, store: RevocationStore) -> None:
    database.transact([store.add_step(MARK)])
    assert store.find("ca-1", 0, "0a01") == MARK
    assert store.find("ca-1", 0, "0a02") is None


def test_a_serial_is_revoked_once(database: Database, store: RevocationStore) -> None:
    database.transact([store.add_step(MARK)])
    with pytest.raises(ChangedMeanwhile):
        database.transact([store.add_step(replace(MARK, id="rev-2"))])


def test_a_reason_is_replaced_only_where_it_is_the_one_that_was_seen(
    database: Database, store: RevocationStore
) -> None:
    database.transact([store.add_step(MARK)])
    stronger = replace(MARK, reason="keyCompromise")
    database.transact([store.replace_step(stronger, MARK)])
    with pytest.raises(ChangedMeanwhile):
        database.transact([store.replace_step(stronger, MARK)])
    assert store.find("ca-1", 0, "0a01") == stronger


def test_only_a_hold_can_be_removed(database: Database, store: RevocationStore) -> None:
    database.transact([store.add_step(MARK)])
    with pytest.raises(ChangedMeanwhile):
        database.transact([store.remove_step(MARK)])
    database.transact([store.replace_step(HELD, MARK)])
    database.transact([store.remove_step(HELD)])
    with pytest.raises(ChangedMeanwhile):
        database.transact([store.remove_step(HELD)])


def test_several_are_found_at_once_and_those_not_revoked_are_left_out(
    database: Database, store: RevocationStore
) -> None:
    other = replace(MARK, serial_number="0a02", crl_shard=1)
    database.transact([store.add_step(MARK), store.add_step(other)])
    places = [("ca-1", 0, "0a01"), ("ca-1", 1, "0a02"), ("ca-1", 0, "0a03")]
    assert store.find_many(places) == {"0a01": MARK, "0a02": other}
    assert store.find_many([]) == {}


def test_pages_of_a_shard_continue_after_the_last_serial(database: Database, store: RevocationStore) -> None:
    rows = [replace(MARK, serial_number=f"0a{n:02x}") for n in range(5)]
    database.transact([store.add_step(row) for row in rows])
    database.transact([store.add_step(replace(MARK, crl_shard=1))])
    found, start = [], None
    for _ in range(3):
        page = store.page_of("ca-1", 0, 2, start)
        found.extend(page.revocations)
        start = page.next_start
    assert found == rows
    assert start is None


def test_marks_of_a_shard_are_what_its_crl_needs_in_order_of_serial(
    database: Database, store: RevocationStore
) -> None:
    rows = [replace(MARK, serial_number="0a02", invalidity_date=None), MARK]
    database.transact([store.add_step(row) for row in rows])
    database.transact([store.add_step(replace(MARK, crl_shard=1, serial_number="0b01"))])
    first, second = store.marks_of("ca-1", "0")
    assert first == ("0a01", NOW, "superseded", MARK.not_after, MARK.invalidity_date)
    assert second == ("0a02", NOW, "superseded", MARK.not_after, None)


def test_marks_of_more_than_one_page_are_read_to_the_end(database: Database, store: RevocationStore) -> None:
    serials = [f"{0xA000 + n:x}" for n in range(120)]
    for serial in serials:
        # DynamoDB's page is 1 MB, whatever the projection
        database.write(store.add_step(replace(MARK, serial_number=serial, certificate_id="c" * 10_000)))
    assert [mark.serial_number for mark in store.marks_of("ca-1", 0)] == serials


@pytest.mark.parametrize("broken", ["revoked_at", "not_after", "reason"])
def test_a_row_that_is_not_a_revocation_is_an_error_and_never_left_out(
    database: Database, store: RevocationStore, broken: str
) -> None:
    request = store.add_step(MARK).request
    del request["Item"][broken]
    database.client.put_item(**request)
    with pytest.raises(KeyError):
        list(store.marks_of("ca-1", 0))


def test_a_row_of_a_receipt_alone_is_no_revocation_and_counted(
    database: Database,
    store: RevocationStore,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CERTCTL_STACK", "certctl")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "crl_publisher")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "certctl")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    hollow = {"ca_shard": {"S": "ca-1#0"}, "serial": {"S": "0a01"}, "crl_sha256": {"S": "00"}}
    database.client.put_item(TableName="revocations", Item=hollow)
    assert list(store.marks_of("ca-1", 0)) == []
    assert store.find("ca-1", 0, "0a01") is None
    assert store.find_many([("ca-1", 0, "0a01")]) == {}
    assert store.page_of("ca-1", 0, 10).revocations == []
    assert RevocationEndStore(database).page("ca-1", "0", "", 10).rows == []
    assert capsys.readouterr().out.count('"NeedsPerson":[1.0]') >= 5


def test_a_row_of_a_receipt_alone_keeps_nobody_from_revoking(
    database: Database, store: RevocationStore
) -> None:
    hollow = {"ca_shard": {"S": "ca-1#0"}, "serial": {"S": "0a01"}, "crl_sha256": {"S": "00"}}
    database.client.put_item(TableName="revocations", Item=hollow)
    database.transact([store.add_step(MARK)])
    assert store.find("ca-1", 0, "0a01") == MARK


def test_changes_add_up_over_all_rows_of_one_shard(database: Database) -> None:
    changes = CrlChangeStore(database)
    assert changes.total("ca-1", 0) == 0
    for number in range(40):
        database.transact([changes.bump_step("ca-1", 0, f"mc-{number}")])
    database.transact([changes.bump_step("ca-1", 1, "mc-1"), changes.bump_step("ca-2", 0, "mc-1")])
    assert changes.total("ca-1", "0") == 40
    assert changes.total("ca-1", 1) == 1
