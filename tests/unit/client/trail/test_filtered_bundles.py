"""Filtered exports: every event has a proof that leads to a signed head."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785

from certctl_client.trail.faults import Fault, FaultKind
from certctl_client.trail.keys import seal_key
from certctl_client.trail.merkle import root_of_proof
from certctl_client.trail.report import Report
from certctl_client.trail.trust import Trust, TrustedHead
from certctl_client.trail.verify import verify
from tests.support.client.checks import head_of
from tests.support.client.trails import Files, Sealer, filtered_bundle, new_trail

EVENTS, PROOFS, HEADS = "events.jsonl", "proofs.jsonl", "heads.jsonl"


@pytest.fixture(scope="module")
def small_trail() -> Sealer:
    return new_trail(300, 12)


@pytest.fixture(scope="module")
def filtered(small_trail: Sealer) -> Files:
    return filtered_bundle(small_trail)


def report_of(trail: Sealer, bundle: Files, head: TrustedHead | None = None) -> Report:
    return verify(bundle, Trust(key=seal_key(trail.pem), head=head))


def fault_of(trail: Sealer, bundle: Files, head: TrustedHead | None = None) -> Fault:
    fault = report_of(trail, bundle, head).first_fault
    assert fault is not None, "the tampering was not found"
    return fault


def test_it_is_intact_and_says_that_it_cannot_be_complete(small_trail: Sealer, filtered: Files) -> None:
    report = report_of(small_trail, filtered, head_of(small_trail.sealed[-1]))
    assert report.is_intact
    assert not report.is_complete
    assert (report.events, report.seals, report.head_checked) == (60, 12, True)
    assert "cannot be proved" in report.text()


def test_events_may_rise_through_the_file_too(small_trail: Sealer, filtered: Files) -> None:
    turned = Files({**filtered.files, **{n: list(filtered.files[n])[::-1] for n in (EVENTS, PROOFS)}})
    assert report_of(small_trail, turned).is_intact


def test_nothing_found_is_intact(small_trail: Sealer, filtered: Files) -> None:
    newest = [filtered.files[HEADS][-1]]
    empty = filtered.with_file(EVENTS, []).with_file(PROOFS, []).with_file(HEADS, newest)
    assert report_of(small_trail, empty, head_of(small_trail.sealed[-1])).is_intact


def test_heads_may_begin_with_an_earlier_trusted_one(small_trail: Sealer, filtered: Files) -> None:
    later = {n: list(filtered.files[n])[:5] for n in (EVENTS, PROOFS)}
    bundle = Files({**filtered.files, **later, HEADS: list(filtered.files[HEADS])[2:]})
    assert report_of(small_trail, bundle, head_of(small_trail.sealed[2])).is_intact
    fault = fault_of(small_trail, bundle, head_of(small_trail.sealed[1]))
    assert fault.kind is FaultKind.HEAD_MISMATCH
    assert "after the trusted head" in fault.what


def test_a_newer_trusted_head_shows_the_cut(small_trail: Sealer, filtered: Files) -> None:
    events = {n: list(filtered.files[n])[30:] for n in (EVENTS, PROOFS)}
    bundle = Files({**filtered.files, **events, HEADS: list(filtered.files[HEADS])[:8]})
    fault = fault_of(small_trail, bundle, head_of(small_trail.sealed[-1]))
    assert fault.kind is FaultKind.TRUNCATED


def changed(bundle: Files, name: str, change: Callable[[list[bytes]], Any]) -> Files:
    lines = list(bundle.files[name])
    change(lines)
    return bundle.with_file(name, lines)


@pytest.mark.parametrize(
    ("name", "change", "kind"),
    [
        (EVENTS, lambda x: x.__setitem__(7, x[7].replace(b"key-", b"kez-")), FaultKind.PROOF_WRONG),
        (EVENTS, lambda x: x.pop(7), FaultKind.PROOF_WRONG),
        (EVENTS, lambda x: x.pop(), FaultKind.MISSING),
        (EVENTS, lambda x: x.insert(7, x[7]), FaultKind.PROOF_WRONG),
        (EVENTS, lambda x: x.append(x[7]), FaultKind.NOT_SEALED),
        (EVENTS, lambda x: x.reverse(), FaultKind.PROOF_WRONG),
        (PROOFS, lambda x: x.pop(7), FaultKind.PROOF_WRONG),
        (PROOFS, lambda x: x.__setitem__(7, b"null"), FaultKind.PROOF_WRONG),
        (PROOFS, lambda x: x.__setitem__(7, b"{}"), FaultKind.PROOF_WRONG),
        (PROOFS, lambda x: x.__setitem__(7, x[7].replace(b'"index":', b'"index":1')), FaultKind.PROOF_WRONG),
        (PROOFS, lambda x: x.__setitem__(7, x[7].replace(b'"size":', b'"size":1')), FaultKind.PROOF_WRONG),
        (PROOFS, lambda x: x.__setitem__(7, x[7].replace(b'"seq":', b'"seq":1')), FaultKind.PROOF_WRONG),
        (HEADS, lambda x: x.pop(4), FaultKind.SEAL_ORDER),
        (HEADS, lambda x: x.insert(4, x[4]), FaultKind.SEAL_ORDER),
        (HEADS, lambda x: x.reverse(), FaultKind.SEAL_ORDER),
        (HEADS, lambda x: x.clear(), FaultKind.SEAL_ORDER),
        (HEADS, lambda x: x.__setitem__(4, x[4].replace(b'"root":"', b'"root":"0')), FaultKind.SEAL_EDITED),
        (HEADS, lambda x: x.__setitem__(4, x[4].replace(b"{", b"{ ")), FaultKind.SEAL_EDITED),
    ],
)
def test_a_tampered_file_is_found(
    name: str, change: Callable[[list[bytes]], Any], kind: FaultKind, small_trail: Sealer, filtered: Files
) -> None:
    assert fault_of(small_trail, changed(filtered, name, change)).kind is kind


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda x: x.insert(8, x[7]), FaultKind.DUPLICATE),
        (lambda x: x.append(x.pop(3)), FaultKind.OUT_OF_ORDER),
    ],
    ids=["twice", "moved"],
)
def test_an_event_that_is_moved_or_copied_with_its_proof_is_found(
    change: Callable[[list[bytes]], Any], kind: FaultKind, small_trail: Sealer, filtered: Files
) -> None:
    bundle = changed(changed(filtered, EVENTS, change), PROOFS, change)
    assert fault_of(small_trail, bundle).kind is kind


def test_a_proof_of_a_seal_whose_head_is_not_there_proves_nothing(
    small_trail: Sealer, filtered: Files
) -> None:
    fault = fault_of(small_trail, changed(filtered, HEADS, lambda x: x.pop(0)))
    assert (fault.kind, fault.seal) == (FaultKind.PROOF_WRONG, 1)
    assert "heads.jsonl" in fault.what


def test_an_event_of_another_trail_with_its_own_proof_is_found(small_trail: Sealer, filtered: Files) -> None:
    other = filtered_bundle(new_trail(300, 12))
    other_proofs = {EVENTS: [b"{}"], PROOFS: [other.files[PROOFS][0]]}
    assert fault_of(small_trail, Files({**filtered.files, **other_proofs})).kind is FaultKind.PROOF_WRONG
    heads = {HEADS: other.files[HEADS]}
    assert fault_of(small_trail, Files({**filtered.files, **heads})).kind is FaultKind.WRONG_KEY


def test_every_random_edit_of_a_byte_is_found(small_trail: Sealer, filtered: Files) -> None:
    for name in (EVENTS, PROOFS, HEADS):
        for _ in range(60):
            lines = list(filtered.files[name])
            place = random.randrange(len(lines))  # noqa: S311
            line = bytearray(lines[place])
            at = random.randrange(len(line))  # noqa: S311
            line[at] = (line[at] + random.randrange(1, 256)) % 256  # noqa: S311
            lines[place : place + 1] = bytes(line).split(b"\n")
            report = report_of(small_trail, filtered.with_file(name, lines))
            assert not report.is_intact or is_only_case(filtered.files[name][place], bytes(line)), bytes(line)


def is_only_case(before: bytes, after: bytes) -> bool:
    """A hex digit of a proof in the other case is the same proof."""
    return before != after and before == after.lower()


def test_a_proof_with_a_very_long_path_is_refused(small_trail: Sealer, filtered: Files) -> None:
    proof: dict[str, Any] = {"seq": 3, "index": 0, "size": 2**52, "path": ["00" * 32] * 65}
    bundle = changed(filtered, PROOFS, lambda x: x.__setitem__(0, rfc8785.dumps(proof)))
    assert fault_of(small_trail, bundle).kind is FaultKind.PROOF_WRONG


def test_a_proof_for_a_tree_of_another_size_is_refused_though_it_leads_to_the_root(
    small_trail: Sealer, filtered: Files
) -> None:
    """A path does not always tell the size: that of the head counts."""
    proof = small_trail.sealed[0].proof(0)
    one_less: dict[str, Any] = proof | {"size": proof["size"] - 1}
    leaf, path = small_trail.sealed[0].manifest[0][1], [bytes.fromhex(node) for node in proof["path"]]
    roots = {root_of_proof(bytes.fromhex(leaf), 0, p["size"], path) for p in (proof, one_less)}
    assert roots == {bytes.fromhex(small_trail.sealed[0].head["root"])}
    bundle = filtered.with_file(EVENTS, [small_trail.sealed[0].lines[0]])
    assert report_of(small_trail, bundle.with_file(PROOFS, [rfc8785.dumps(proof)])).is_intact
    fault = fault_of(small_trail, bundle.with_file(PROOFS, [rfc8785.dumps(one_less)]))
    assert fault.kind is FaultKind.PROOF_WRONG
