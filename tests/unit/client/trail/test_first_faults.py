"""The first fault is named: which event, in which seal, on which line, and what is wrong with it."""

import base64
import json
import string
from typing import Any

import pytest
import rfc8785

from certctl_client.trail.faults import FaultKind
from tests.support.client.checks import Auditor, auditor_of, head_of
from tests.support.client.trails import (
    BEGAN,
    EVERY,
    Files,
    Sealer,
    event_id,
    event_line,
    full_bundle,
    new_trail,
)

EVENTS, SEALS = "events.jsonl", "seals.jsonl"
_PLACE = 4_321


@pytest.fixture
def lines(bundle: Files) -> list[bytes]:
    return list(bundle.files[EVENTS])


def id_of(line: bytes) -> str:
    return str(json.loads(line)["id"])


def seal_of(trail: Sealer, line: bytes) -> int:
    return next(int(sealed.head["seq"]) for sealed in trail.sealed if line in sealed.lines)


type Named = tuple[FaultKind, str | None, int | None, int | None]


def named(auditor: Auditor, bundle: Files, lines: list[bytes]) -> Named:
    fault = auditor.fault(bundle.with_file(EVENTS, lines))
    return fault.kind, fault.event_id, fault.seal, fault.line


def test_an_edited_event_is_named(trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]) -> None:
    original = lines[_PLACE]
    lines[_PLACE] = original.replace(b"certificate_updated", b"certificate_upgraded").replace(b"GET", b"PUT")
    expected = (FaultKind.EDITED, id_of(original), seal_of(trail, original), _PLACE + 1)
    assert named(auditor, bundle, lines) == expected


def test_an_event_with_another_id_is_edited(
    trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    original = lines[_PLACE]
    lines[_PLACE] = rfc8785.dumps(json.loads(original) | {"id": "aud-00000000000000000000000000"})
    expected = (FaultKind.EDITED, id_of(original), seal_of(trail, original), _PLACE + 1)
    assert named(auditor, bundle, lines) == expected


def test_a_line_that_is_no_json_is_an_edited_event(
    trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    original, lines[_PLACE] = lines[_PLACE], b"\xff\x00{"
    expected = (FaultKind.EDITED, id_of(original), seal_of(trail, original), _PLACE + 1)
    assert named(auditor, bundle, lines) == expected


@pytest.mark.parametrize("place", [0, _PLACE, 9_999])
def test_a_deleted_event_is_missing(
    place: int, trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    original = lines.pop(place)
    expected = (FaultKind.MISSING, id_of(original), seal_of(trail, original), place + 1)
    assert named(auditor, bundle, lines) == expected


def test_the_first_of_many_missing_events_is_named(
    trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    first = lines[100]
    del lines[100:5_000]
    assert named(auditor, bundle, lines) == (FaultKind.MISSING, id_of(first), seal_of(trail, first), 101)


def test_a_deleted_event_before_an_edited_one_is_the_first_fault(
    trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    gone = lines[50]
    lines[50:52] = [lines[51].replace(b"key-", b"kez-")]
    assert named(auditor, bundle, lines) == (FaultKind.MISSING, id_of(gone), seal_of(trail, gone), 51)


@pytest.mark.parametrize("place", [0, _PLACE, 10_000])
def test_an_inserted_event_is_in_no_seal(
    place: int, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    forged = event_line(BEGAN, 77_777, "e")
    lines.insert(place, forged)
    assert named(auditor, bundle, lines) == (FaultKind.NOT_SEALED, id_of(forged), None, place + 1)


def test_a_forged_twin_before_the_real_event_is_in_no_seal(
    bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    twin = lines[_PLACE].replace(b"key-", b"kez-")
    lines.insert(_PLACE, twin)
    assert named(auditor, bundle, lines) == (FaultKind.NOT_SEALED, id_of(twin), None, _PLACE + 1)


@pytest.mark.parametrize("place", [_PLACE, _PLACE + 1, 9_000, 10_000])
def test_a_second_copy_is_a_duplicate(
    place: int, trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    copied = lines[_PLACE]
    lines.insert(place, copied)
    at = max(place, _PLACE + 1)
    assert named(auditor, bundle, lines) == (
        FaultKind.DUPLICATE,
        id_of(copied),
        seal_of(trail, copied),
        at + 1,
    )


@pytest.mark.parametrize("other", [_PLACE + 1, _PLACE + 40, 9_999])
def test_of_two_events_that_changed_places_the_first_is_named(
    other: int, trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    first = lines[_PLACE]
    lines[_PLACE], lines[other] = lines[other], lines[_PLACE]
    expected = (FaultKind.OUT_OF_ORDER, id_of(first), seal_of(trail, first), _PLACE + 1)
    assert named(auditor, bundle, lines) == expected
    assert f"line {other + 1}" in auditor.fault(bundle.with_file(EVENTS, lines)).sentence()


def test_it_says_until_when_all_is_in_order(
    trail: Sealer, bundle: Files, auditor: Auditor, lines: list[bytes]
) -> None:
    seal = seal_of(trail, lines.pop(_PLACE))
    report = auditor.report(bundle.with_file(EVENTS, lines))
    assert report.intact_until == trail.sealed[seal - 2].head["cutoff"]
    assert report.events == _PLACE
    assert not report.head_checked


def test_a_seal_that_was_dropped_is_named(trail: Sealer, bundle: Files, auditor: Auditor) -> None:
    seals = [line for number, line in enumerate(bundle.files[SEALS], start=1) if number != 4]
    fault = auditor.fault(bundle.with_file(SEALS, seals))
    assert (fault.kind, fault.seal, fault.line) == (FaultKind.SEAL_ORDER, 5, 4)
    assert "seal 4" in fault.what


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b'"count":', b'"count":1', FaultKind.SEAL_EDITED),
        (b'"stack":"certctl-test"', b'"stack":"certctl-tess"', FaultKind.SEAL_EDITED),
        (b'"sealed_at":"2', b'"sealed_at":"3', FaultKind.SEAL_EDITED),
        (b'"e"],', b'"c"],', FaultKind.SEAL_EDITED),
        (b'"signature":"M', b'"signature":"N', FaultKind.SEAL_EDITED),
        (b'"signature":"', b'"signature": "', FaultKind.SEAL_EDITED),
        (b'{"head":', b'{ "head":', FaultKind.SEAL_EDITED),
        (b'"manifest":', b'"more":1,"manifest":', FaultKind.SEAL_EDITED),
        (b'"key_sha256":"', b'"key_sha256":"0', FaultKind.SEAL_EDITED),
    ],
)
def test_an_edited_seal_is_named(
    old: bytes, new: bytes, kind: FaultKind, bundle: Files, auditor: Auditor
) -> None:
    seals = list(bundle.files[SEALS])
    assert old in seals[8]
    seals[8] = seals[8].replace(old, new, 1)
    fault = auditor.fault(bundle.with_file(SEALS, seals))
    assert (fault.kind, fault.line) == (kind, 9)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"previous": "0" * 64}, FaultKind.CHAIN_BROKEN),
        ({"total": 7}, FaultKind.CHAIN_BROKEN),
        ({"stack": "other"}, FaultKind.CHAIN_BROKEN),
        ({"cutoff": "2020-01-01T00:00:00Z"}, FaultKind.CHAIN_BROKEN),
        ({"seq": 5}, FaultKind.SEAL_ORDER),
        ({"root": "0" * 64}, FaultKind.SEAL_EDITED),
        ({"manifest_sha256": "0" * 64}, FaultKind.SEAL_EDITED),
        ({"count": 3, "total": 23}, FaultKind.SEAL_EDITED),
        ({"version": 2}, FaultKind.SEAL_EDITED),
        ({"version": True}, FaultKind.SEAL_EDITED),
        ({"seq": "3"}, FaultKind.SEAL_EDITED),
        ({"cutoff": "2026-13-01T00:00:00Z"}, FaultKind.SEAL_EDITED),
        ({"late": "none"}, FaultKind.SEAL_EDITED),
        ({"retention_days": {"c": 400}}, FaultKind.SEAL_EDITED),
        ({"retention_days": {"c": 400, "e": -1}}, FaultKind.SEAL_EDITED),
        ({"key_sha256": "0" * 64}, FaultKind.WRONG_KEY),
    ],
)
def test_what_a_signed_seal_may_not_say(changed: dict[str, Any], kind: FaultKind) -> None:
    """A sealer with the key makes a mistake, or is not to be trusted."""
    sealer = new_trail(20, 2)
    moment = BEGAN + EVERY * 2
    sealer.seal([event_line(moment, 500, "e")], "e", [event_id(moment, 500)], **changed)
    fault = auditor_of(sealer).fault(full_bundle(sealer))
    assert (fault.kind, fault.line) == (kind, 3)


@pytest.mark.parametrize(
    "ids", [["aud-b", "aud-a"], ["aud-a", "aud-a"]], ids=["not ascending", "the same twice"]
)
def test_a_manifest_runs_by_id(ids: list[str]) -> None:
    sealer = Sealer()
    sealer.seal([b"{}", b"[]"], "ee", ids)
    assert auditor_of(sealer).fault(full_bundle(sealer)).kind is FaultKind.SEAL_EDITED


def test_a_head_newer_than_the_bundle_shows_the_cut(trail: Sealer, bundle: Files, auditor: Auditor) -> None:
    cut = trail.sealed[:28]
    shorter = bundle.with_file(SEALS, bundle.files[SEALS][:28])
    shorter = shorter.with_file(EVENTS, [line for sealed in cut for line in sealed.lines])
    fault = auditor.fault(shorter, head_of(trail.sealed[-1]))
    assert (fault.kind, fault.seal) == (FaultKind.TRUNCATED, 29)
    lost = sum(len(sealed.lines) for sealed in trail.sealed[28:])
    assert f"cut off: {lost} events" in fault.what


def test_an_older_head_does_not_end_the_trail(trail: Sealer, bundle: Files, auditor: Auditor) -> None:
    report = auditor.report(bundle, head_of(trail.sealed[11]))
    assert report.is_intact
    assert report.head_checked


def test_a_head_of_another_trail_with_the_same_key_is_found(
    trail: Sealer, bundle: Files, auditor: Auditor
) -> None:
    other = Sealer()
    other.key, other.key_sha256 = trail.key, trail.key_sha256
    new_trail(30, 5, other)
    fault = auditor.fault(bundle, head_of(other.sealed[4]))
    assert (fault.kind, fault.seal) == (FaultKind.HEAD_MISMATCH, 5)


def test_not_a_bit_of_a_signature_is_free() -> None:
    """Bits of base64 that decode to nothing: the bytes are the same, the text is another."""
    sealer = Sealer()
    while not sealer.sealed or "=" not in sealer.sealed[-1].signature:
        sealer.sealed.clear()
        sealer.seal([], "", [])
    bundle, alphabet = (
        full_bundle(sealer),
        string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/",
    )
    signature = sealer.sealed[0].signature
    at = signature.index("=") - 1
    other = signature[:at] + alphabet[alphabet.index(signature[at]) + 1] + signature[at + 1 :]
    assert base64.b64decode(other) == base64.b64decode(signature)
    seals = [bundle.files[SEALS][0].replace(signature.encode(), other.encode())]
    assert auditor_of(sealer).fault(bundle.with_file(SEALS, seals)).kind is FaultKind.SEAL_EDITED
