"""The status of serials in the JSON CRL and the public routes, for every CA that may have unexpired
leaves."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.authorities.authorities import NewAuthority
from certctl.domain.status.looks import Observation, Sighting, Way
from certctl.store.revocation.receipts import ReceiptStore
from tests.support.functions.deployed import Deployed
from tests.support.issuing.issuing import CERTIFICATES, Issuing, issuing

STATUS = "/.well-known/pki/status/iss-local"
NEVER_ISSUED = "407c" * 10


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def status_of(world: Issuing, serial: str) -> Any:
    answer = world.stack.client("public_api").get(f"{STATUS}/{serial}")
    assert answer.status == 200, answer.text
    return answer.body


def revoked(world: Issuing, common_name: str = "www.example.com") -> str:
    """The serial of a revoked certificate."""
    certificate = world.issued(common_name)
    answer = world.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {"reason": "superseded"})
    assert answer.status == 200, answer.text
    return str(certificate["serial_number"])


def rotated(world: Issuing) -> tuple[str, str]:
    """The CA before and the one that took its place."""
    before = world.pki.authorities.active_issuing("iss-local")
    world.pki.new_key("arn:second")
    after = world.pki.local_issuers().rotate(NewAuthority("iss-local", "arn:second"))
    assert before is not None
    world.stack.clock.advance(timedelta(minutes=2))  # functions remember CAs for a minute
    return before.ca_id, after.ca_id


def listed(world: Issuing) -> Any:
    return world.api.get("/api/v1/crl", issuer_id="iss-local").body


def test_after_a_rotation_the_revocations_of_the_ca_before_are_found(world: Issuing) -> None:
    of_old = revoked(world, "old.example.com")
    old, new = rotated(world)
    of_new = revoked(world, "new.example.com")

    body = listed(world)

    assert [(e["serial_number"], e["ca_id"]) for e in body["data"]] == [(of_new, new), (of_old, old)]
    assert [(a["ca_id"], a["state"]) for a in body["authorities"]] == [(new, "active"), (old, "retiring")]
    assert body["ca_id"] == new
    assert [status_of(world, serial)["ca_id"] for serial in (of_old, of_new)] == [old, new]


def test_the_list_has_the_receipt_of_each_revocation(world: Issuing) -> None:
    seen, unseen = revoked(world, "seen.example.com"), revoked(world, "unseen.example.com")
    authority = world.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    store = ReceiptStore(world.stack.database)
    row = next(row for row in store.due(authority.ca_id, "0", world.stack.clock(), 10) if row.serial == seen)
    sighting = Sighting(Way.CRL, row.due_at + timedelta(seconds=5), "ab" * 32, crl_number=7)
    assert store.record(Observation(row, (sighting,), frozenset()))

    receipts = {entry["serial_number"]: entry["receipt"] for entry in listed(world)["data"]}

    assert (receipts[seen]["is_complete"], receipts[seen]["crl_number"]) == (True, 7)
    assert receipts[seen]["crl_seconds"] == 5
    assert (receipts[unseen]["is_complete"], receipts[unseen]["crl_seen_at"]) == (False, None)


@pytest.mark.parametrize("per_page", [1, 2])
def test_pages_go_over_all_cas(world: Issuing, per_page: int) -> None:
    serials = {revoked(world, "one.example.com"), revoked(world, "two.example.com")}
    rotated(world)
    serials.add(revoked(world, "three.example.com"))

    found, cursor = list[str](), None
    while cursor is not None or not found:
        query = {"issuer_id": "iss-local", "per_page": str(per_page)} | ({"cursor": cursor} if cursor else {})
        body = world.api.get("/api/v1/crl", **query).body
        found += [entry["serial_number"] for entry in body["data"]]
        cursor = body["next_cursor"]

    assert sorted(found) == sorted(serials)


def test_a_serial_that_was_issued_is_good_until_it_is_revoked(world: Issuing) -> None:
    certificate = world.issued()
    serial = certificate["serial_number"]

    good = status_of(world, serial.upper())
    world.api.post(f"{CERTIFICATES}/{certificate['id']}/revoke", {"reason": "keyCompromise"})
    gone = status_of(world, serial)

    assert (good["status"], good["serial_number"], good["reason"]) == ("good", serial, None)
    assert good["expires_at"] == certificate["expires_at"]
    assert (gone["status"], gone["reason"]) == ("revoked", "keyCompromise")
    assert gone["revoked_at"] is not None


def test_a_serial_that_nobody_issued_is_unknown(world: Issuing) -> None:
    answer = status_of(world, NEVER_ISSUED)

    assert (answer["status"], answer["ca_id"]) == ("unknown", None)


def test_a_serial_that_is_only_reserved_is_unknown(world: Issuing) -> None:
    serial = world.issued()["serial_number"]
    authority = world.pki.authorities.active_issuing("iss-local")
    assert authority is not None
    world.stack.database.client.update_item(
        TableName="serials",
        Key={"ca_serial": {"S": f"{authority.ca_id}#{serial}"}},
        UpdateExpression="SET #s = :reserved",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":reserved": {"S": "reserved"}},
    )

    assert status_of(world, serial)["status"] == "unknown"


def test_the_alias_leads_to_the_crl_of_the_ca_that_issued_a_serial(world: Issuing) -> None:
    serial = world.issued()["serial_number"]
    old, new = rotated(world)
    public, alias = world.stack.client("public_api"), "/.well-known/pki/crl/iss-local"

    with_serial = public.get(alias, serial_number=serial)
    without = public.get(alias)
    unknown = public.get(alias, serial_number=NEVER_ISSUED)

    assert (with_serial.status, without.status, unknown.status) == (302, 302, 404)
    assert old in with_serial.headers["Location"]
    assert new in without.headers["Location"]


def test_the_crls_of_every_ca_are_named(world: Issuing) -> None:
    old, new = rotated(world)

    body = world.stack.client("public_api").get("/.well-known/pki/crls/iss-local").body

    assert [each["ca_id"] for each in body["authorities"]] == [new, old]
    assert all(url.endswith("all.crl") for each in body["authorities"] for url in each["crl_urls"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{STATUS}/xyz", 422),
        (f"{STATUS}/{'ab' * 21}", 422),
        ("/.well-known/pki/status/iss-none/0a", 404),
        ("/.well-known/pki/crls/iss-none", 404),
    ],
)
def test_what_cannot_be_is_refused(world: Issuing, path: str, status: int) -> None:
    assert world.stack.client("public_api").get(path).status == status
