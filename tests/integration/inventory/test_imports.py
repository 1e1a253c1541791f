"""Imports: chunks that can be repeated, and refusals with reasons."""

import base64
from collections.abc import Callable
from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.inventory.facts import parse
from tests.support.functions.deployed import Deployed
from tests.support.inventory.importing import CERTIFICATES, IMPORTS, Importer, importer, sent
from tests.support.inventory.made import Maker, pkcs7_of

LEAF = Maker().leaf("www.example.com", "example.com")
OTHER = Maker().leaf("api.example.com")
ROOT = Maker().certificate()


@pytest.fixture
def inventory(stack: Deployed) -> Importer:
    return importer(stack)


def test_what_was_imported_is_listed_with_its_places(inventory: Importer) -> None:
    done = inventory.imported(sent("file:/etc/a.pem#0", LEAF, ROOT), sent("file:/etc/b.pem#0", LEAF))

    assert (done["added"], done["new"], done["refused"]) == (2, 2, 0)
    (listed,) = inventory.api.get(CERTIFICATES).body["data"]
    assert (listed["first_name"], listed["sightings"], listed["status"]) == (
        "www.example.com",
        2,
        "Unmanaged",
    )
    detail = inventory.one(LEAF).body
    assert {each["place"] for each in detail["places"]} == {"file:/etc/a.pem#0", "file:/etc/b.pem#0"}
    assert detail["names"] == ["www.example.com", "example.com"]
    assert detail["pem"].startswith("-----BEGIN CERTIFICATE-----\n")


def test_cas_of_chains_are_listed_apart(inventory: Importer) -> None:
    inventory.imported(sent("file:/etc/a.pem#0", LEAF, ROOT))

    (ca,) = inventory.api.get(CERTIFICATES, is_ca="true").body["data"]

    assert (ca["subject"], ca["is_self_signed"], ca["status"]) == ("CN=Their CA", True, "Unmanaged")


def test_a_chunk_that_is_sent_again_changes_nothing(inventory: Importer) -> None:
    import_id, chunk = inventory.begun(), [sent("file:/etc/a.pem#0", LEAF)]
    first = inventory.chunk(import_id, 1, chunk).body

    again = inventory.chunk(import_id, 1, chunk).body

    assert again == first
    assert inventory.api.get(f"{IMPORTS}/{import_id}").body["added"] == 1
    assert inventory.one(LEAF).body["sightings"] == 1


def test_all_imports_together_have_the_rows_of_a_second_and_one_that_is_faster_waits(
    stack: Deployed, inventory: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certctl.store.inventory.imports.ROWS_A_SECOND", 2)
    one, other = inventory.begun("web-1"), inventory.begun("web-2")
    first = [sent("file:/etc/a.pem#0", LEAF), sent("file:/etc/b.pem#0", OTHER)]
    assert inventory.chunk(one, 1, first).status == 200

    refused = inventory.chunk(other, 1, first[:1])

    assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
    assert inventory.api.get(f"{IMPORTS}/{other}").body["chunks"] == 0
    assert inventory.chunk(one, 2, first).status == 200, "what is known writes nothing"
    stack.clock.advance(timedelta(seconds=1))
    assert inventory.chunk(other, 1, first[:1]).body["added"] == 1


def test_a_second_import_under_the_same_name_finds_its_places_known(inventory: Importer) -> None:
    inventory.imported(sent("file:/etc/a.pem#0", LEAF))

    again = inventory.imported(sent("file:/etc/a.pem#0", LEAF), sent("file:/etc/b.pem#0", OTHER))

    assert (again["added"], again["unchanged"], again["new"]) == (1, 1, 1)


def test_another_certificate_at_a_place_takes_the_place_of_the_first(inventory: Importer) -> None:
    inventory.imported(sent("file:/etc/a.pem#0", LEAF))

    inventory.imported(sent("file:/etc/a.pem#0", OTHER))

    assert inventory.one(LEAF).body["status"] == "Gone"
    assert inventory.one(OTHER).body["sightings"] == 1


def test_what_cannot_be_read_is_refused_with_a_reason_and_the_rest_is_taken(inventory: Importer) -> None:
    bad = {"place": "file:/etc/bad.pem#0", "der": base64.b64encode(b"garbage").decode()}
    done = inventory.chunk(inventory.begun(), 1, [bad, sent("nowhere", LEAF), sent("upload:x#0", LEAF)]).body

    assert done["added"] == 1
    assert [(each["index"], each["reason"].partition(" ")[0]) for each in done["refused"]] == [
        (0, "not"),
        (1, "a"),
    ]


@pytest.mark.parametrize("encoding", [Encoding.DER, Encoding.PEM], ids=["DER", "PEM"])
def test_pkcs7_brings_its_leaves_with_their_chains(inventory: Importer, encoding: Encoding) -> None:
    several = {"place": "upload:all.p7b", "pkcs7": pkcs7_of(ROOT, LEAF, OTHER, encoding=encoding)}
    single = {"place": "upload:one.p7b", "pkcs7": pkcs7_of(LEAF, encoding=encoding)}

    done = inventory.imported(several, single)

    assert (done["added"], done["new"], done["refused"]) == (3, 3, 0)
    places = {each["place"]: each["chain"] for each in inventory.one(LEAF).body["places"]}
    assert places == {"upload:all.p7b#1": [parse(ROOT).fingerprint], "upload:one.p7b": []}


@pytest.mark.parametrize(
    "fields",
    [
        lambda: {"pkcs7": pkcs7_of(*[LEAF] * 301)},
        lambda: {"pkcs7": base64.b64encode(b"\x30\x80" * 100_000).decode()},
        lambda: {"pkcs7": base64.b64encode(LEAF).decode()},
        lambda: {"pkcs7": "-----BEGIN PKCS7-----" * 100_000},
        lambda: {"pkcs7": pkcs7_of(LEAF), "der": base64.b64encode(LEAF).decode()},
        lambda: {"pkcs7": pkcs7_of(LEAF), "chain": [base64.b64encode(ROOT).decode()]},
    ],
    ids=[
        "301 certificates",
        "nested without end",
        "a certificate",
        "blocks without end",
        "two forms",
        "a chain",
    ],
)
def test_pkcs7_that_is_not_one_bounded_file_is_refused_soon(
    inventory: Importer, fields: Callable[[], dict[str, Any]]
) -> None:
    started = process_time()
    done = inventory.chunk(inventory.begun(), 1, [{"place": "upload:x.p7b"} | fields()]).body
    assert (done["added"], len(done["refused"])) == (0, 1)
    assert process_time() - started < 20


def test_a_chunk_has_at_most_300_certificates_whatever_files_they_come_in(inventory: Importer) -> None:
    chunk = [{"place": f"upload:{n}.p7b", "pkcs7": pkcs7_of(*[LEAF] * 151)} for n in range(2)]
    answer = inventory.chunk(inventory.begun(), 1, chunk)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "certificates")


def test_a_completed_import_takes_no_more(inventory: Importer) -> None:
    import_id = inventory.begun()
    inventory.api.post(f"{IMPORTS}/{import_id}/complete")

    assert inventory.chunk(import_id, 1, [sent("upload:x#0", LEAF)]).status == 409


def test_a_chunk_may_have_four_megabytes(inventory: Importer) -> None:
    many = [sent(f"file:/etc/{n}.pem#0", LEAF, *([ROOT] * 5)) for n in range(300)]

    assert inventory.chunk(inventory.begun(), 1, many).body["added"] == 300


def test_a_search_finds_names_and_fingerprints(inventory: Importer) -> None:
    inventory.imported(sent("file:/etc/a.pem#0", LEAF), sent("file:/etc/b.pem#0", OTHER))
    fingerprint = inventory.one(LEAF).body["fingerprint"]

    def found(text: str) -> set[str]:
        return {each["first_name"] for each in inventory.api.get(CERTIFICATES, q=text).body["data"]}

    assert found("example.com") == {"www.example.com", "api.example.com"}
    assert found("api.exa") == {"api.example.com"}
    assert found(fingerprint[:12]) == {"www.example.com"}
    assert found("other") == set()
