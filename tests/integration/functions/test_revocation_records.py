"""The stored revocations by HTTP: all CAs that are not retired, filters, pages, reach, receipts."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.authorities.authorities import CrlShard
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE
from certctl.domain.status.looks import Observation, Sighting, Way
from certctl.domain.times import to_wire
from certctl.store.revocation.receipts import ReceiptStore
from tests.support.issuing.issuing import CERTIFICATES, Issuing

RECORDS = "/api/v1/revocations"


def _revoked(world: Issuing, common_name: str, reason: str = "superseded", **fields: Any) -> Any:
    """The certificate, as it was before."""
    certificate = world.issued(common_name, **fields)
    answer = world.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {"reason": reason})
    assert answer.status == 200, answer.text
    return certificate


def _every(client: Any, **query: str) -> list[Any]:
    """The records of all pages."""
    found, cursor = list[Any](), dict[str, str]()
    while True:
        answer = client.get(RECORDS, **query, **cursor)
        assert answer.status == 200, answer.text
        assert len(answer.body["data"]) <= answer.body["per_page"]
        found += answer.body["data"]
        if answer.body["next_cursor"] is None:
            return found
        cursor = {"cursor": answer.body["next_cursor"]}


def _serials(client: Any, **query: str) -> set[str]:
    return {record["serial_number"] for record in _every(client, **query)}


def test_a_revocation_is_listed_with_its_certificate(world: Issuing) -> None:
    certificate = _revoked(world, "www.example.com")

    (record,) = _every(world.api)

    assert record["serial_number"] == certificate["serial_number"]
    assert record["certificate_id"] == certificate["id"]
    assert (record["issuer_id"], record["reason"]) == ("iss-local", "superseded")
    assert record["expires_at"] == certificate["expires_at"]
    assert record["receipt"]["is_complete"] is False


@pytest.mark.parametrize("per_page", ["1", "2", "500"])
def test_every_revocation_is_listed_once(world: Issuing, per_page: str) -> None:
    expected = [_revoked(world, f"{name}.example.com")["serial_number"] for name in ("a", "b", "c")]

    found = [record["serial_number"] for record in _every(world.api, per_page=per_page)]

    assert sorted(found) == sorted(expected)


def test_records_of_sixteen_crls_that_fit_one_page_are_one_page(world: Issuing) -> None:
    authority = world.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    added = [CrlShard(authority.ca_id, str(n), f"http://x/{n}.crl", open=False) for n in range(1, 16)]
    world.pki.authorities.add_shards(added)
    for number in range(16):
        world.pki.revoke(authority, f"{number:02x}", crl_shard=number)

    page = world.api.get(RECORDS, per_page="16").body
    filtered = world.api.get(RECORDS, per_page="16", reason="unspecified").body

    assert (len(page["data"]), page["next_cursor"]) == (16, None)
    assert (len(filtered["data"]), filtered["next_cursor"]) == (16, None)


def test_filters_leave_out_what_does_not_match(world: Issuing) -> None:
    early = _revoked(world, "early.example.com", "superseded")["serial_number"]
    world.stack.clock.advance(timedelta(hours=2))
    between = to_wire(world.stack.clock())
    world.stack.clock.advance(timedelta(hours=2))
    late = _revoked(world, "late.example.com", "keyCompromise")["serial_number"]

    assert _serials(world.api, since=between) == {late}
    assert _serials(world.api, until=between) == {early}
    assert _serials(world.api, reason="keyCompromise") == {late}
    assert _serials(world.api, reason="superseded", since=between) == set()


def test_since_is_included_and_until_is_not(world: Issuing) -> None:
    _revoked(world, "www.example.com")
    (record,) = _every(world.api)

    assert _serials(world.api, since=record["revoked_at"]) == {record["serial_number"]}
    assert _serials(world.api, until=record["revoked_at"]) == set()


def test_a_ca_and_an_issuer_have_their_own(world: Issuing) -> None:
    serial = _revoked(world, "www.example.com")["serial_number"]
    authority = world.pki.authorities.active_issuing("iss-local")
    assert authority is not None

    assert _serials(world.api, ca_id=authority.ca_id) == {serial}
    assert _serials(world.api, issuer_id="iss-local") == {serial}
    assert _serials(world.api, ca_id="ca-nobody") == set()
    assert _serials(world.api, issuer_id="iss-nobody") == set()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"reason": "boredom"}, "query.reason"),
        ({"since": "yesterday"}, "query.since"),
        ({"since": "2026-11-25T00:00:00Z", "until": "2026-11-24T00:00:00Z"}, "query.until"),
        ({"cursor": "x"}, "query.cursor"),
    ],
)
def test_a_bad_filter_is_refused_by_name(world: Issuing, query: dict[str, str], field: str) -> None:
    answer = world.api.get(RECORDS, **query)

    assert (answer.status, [error["field"] for error in answer.body["errors"]]) == (422, [field])


def test_the_end_of_a_hold_removes_the_record(world: Issuing) -> None:
    certificate = _revoked(world, "www.example.com", "certificateHold")
    assert _serials(world.api, reason="certificateHold") == {certificate["serial_number"]}

    world.api.post(f"{CERTIFICATES}/{certificate['id']}/unhold")

    assert _every(world.api) == []
    assert world.api.get(f"{RECORDS}/{certificate['serial_number']}").status == 404


def test_a_caller_finds_those_of_their_teams_only(world: Issuing) -> None:
    one = _revoked(world, "one.example.com", team_id="t-one")["serial_number"]
    two = _revoked(world, "two.example.com", team_id="t-two")["serial_number"]
    of_one = world.as_role(Role.VIEWER, "t-one")

    assert _serials(of_one) == {one}
    assert _serials(of_one, per_page="1") == {one}
    assert of_one.get(f"{RECORDS}/{one}").status == 200
    assert of_one.get(f"{RECORDS}/{two}").status == 404
    assert _serials(world.as_role(Role.AUDITOR)) == {one, two}


def test_what_belongs_to_no_record_is_for_callers_who_see_all(world: Issuing) -> None:
    authority = world.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    world.pki.revoke(authority, "0a01", certificate_id=UNKNOWN_CERTIFICATE)

    (record,) = _every(world.api)

    assert (record["serial_number"], record["certificate_id"]) == ("0a01", None)
    assert world.api.get(f"{RECORDS}/0a01").body["certificate_id"] is None
    of_one = world.as_role(Role.VIEWER, "t-one")
    assert (_every(of_one), of_one.get(f"{RECORDS}/0a01").status) == ([], 404)


@pytest.mark.parametrize("spelling", [str.upper, lambda serial: f"0x{serial}"])
def test_a_serial_is_found_however_it_is_written(world: Issuing, spelling: Any) -> None:
    certificate = _revoked(world, "www.example.com")

    answer = world.api.get(f"{RECORDS}/{spelling(certificate['serial_number'])}")

    assert answer.status == 200
    assert answer.body["certificate_id"] == certificate["id"]
    assert (answer.body["state"], answer.body["crl_number"]) == ("due", None)


def test_a_serial_shows_the_crl_that_lists_it(world: Issuing) -> None:
    serial = _revoked(world, "www.example.com")["serial_number"]
    authority = world.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    shard = world.api.get(f"{RECORDS}/{serial}").body["crl_shard"]
    world.pki.publication().publish_now(authority, str(shard))
    published = world.pki.authorities.shard(authority.ca_id, str(shard))
    assert published is not None

    found = world.api.get(f"{RECORDS}/{serial}").body

    assert (found["state"], found["is_first"]) == ("published", True)
    assert (found["crl_number"], found["crl_url"]) == (published.crl_number, published.url)


def test_a_receipt_is_shown_with_both_ways(world: Issuing) -> None:
    serial = _revoked(world, "www.example.com")["serial_number"]
    (record,) = _every(world.api)
    revoked_at = datetime.fromisoformat(record["revoked_at"])
    _observe(world, record, revoked_at)

    for shown in (_every(world.api)[0], world.api.get(f"{RECORDS}/{serial}").body):
        receipt = shown["receipt"]
        assert receipt["is_complete"] is True
        assert (receipt["crl_number"], receipt["crl_seconds"], receipt["ocsp_seconds"]) == (7, 4.0, 2.0)


def _observe(world: Issuing, record: Any, revoked_at: datetime) -> None:
    """Stores what was seen, as status_watch does."""
    store = ReceiptStore(world.stack.database)
    shard = str(record["crl_shard"])
    (due,) = store.due(record["ca_id"], shard, revoked_at + timedelta(minutes=1), 10)
    seen = (
        Sighting(Way.CRL, due.due_at + timedelta(seconds=4), "ab" * 32, crl_number=7),
        Sighting(Way.OCSP, due.due_at + timedelta(seconds=2), "cd" * 32),
    )
    assert store.record(Observation(due, seen, missing=frozenset()))


def test_a_serial_that_is_not_revoked_is_not_found(world: Issuing) -> None:
    serial = world.issued()["serial_number"]

    answer = world.api.get(f"{RECORDS}/{serial}")

    assert (answer.status, answer.body["title"]) == (404, "Not Found")


@pytest.mark.parametrize("serial", ["xyz", "0", "ab" * 21])
def test_what_is_no_serial_is_refused(world: Issuing, serial: str) -> None:
    answer = world.api.get(f"{RECORDS}/{serial}")

    assert (answer.status, [error["field"] for error in answer.body["errors"]]) == (422, ["serial"])
