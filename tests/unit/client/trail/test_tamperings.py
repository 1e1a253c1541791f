"""1,000 random tamperings of 10,000 events: all found, and named where they are."""

import random
from itertools import zip_longest

import pytest

from certctl_client.trail.faults import FaultKind
from tests.support.client.checks import Auditor, head_of
from tests.support.client.tampering import EVENTS, OF_EVENTS, TAMPERINGS, Vandal
from tests.support.client.trails import Files, Sealer

_RUNS = 1_000
_EACH = -(-_RUNS // len(TAMPERINGS))


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_every_random_tampering_is_found(kind: str, trail: Sealer, bundle: Files, auditor: Auditor) -> None:
    seed = random.randrange(2**32)  # noqa: S311 - pytest-randomly prints the seed of this
    vandal = Vandal(trail, bundle, random.Random(seed))  # noqa: S311
    newest = head_of(trail.sealed[-1])
    for run in range(_EACH):
        tampered = vandal.tamper(kind)
        fault = auditor.fault(tampered.bundle, newest if tampered.needs_head else None)
        if tampered.needs_head:
            assert fault.kind in {FaultKind.TRUNCATED, FaultKind.HEAD_MISMATCH}
        if kind in OF_EVENTS:
            assert (run, fault.file, fault.line) == (run, EVENTS, first_difference(bundle, tampered.bundle))


@pytest.mark.parametrize("kind", ["the newest seals cut off", "the newest seal forked"])
def test_what_only_a_head_can_show_is_not_claimed_to_be_checked_without_one(
    kind: str, trail: Sealer, bundle: Files, auditor: Auditor
) -> None:
    tampered = Vandal(trail, bundle, random.Random(7)).tamper(kind)  # noqa: S311
    report = auditor.report(tampered.bundle)
    assert report.is_intact
    assert not report.head_checked
    assert "NOT CHECKED" in report.text()


def test_the_untouched_trail_is_intact(trail: Sealer, bundle: Files, auditor: Auditor) -> None:
    report = auditor.report(bundle, head_of(trail.sealed[-1]))
    assert report.view() == {
        "intact": True,
        "complete": True,
        "kind": "full",
        "stack": "certctl-test",
        "events": 10_000,
        "expired": 0,
        "seals": 30,
        "intact_until": trail.sealed[-1].head["cutoff"],
        "first_fault": None,
        "head_checked": True,
        "key_pinned": True,
        "key_sha256": trail.key_sha256,
    }


def first_difference(original: Files, tampered: Files) -> int:
    """Line number."""
    pairs = zip_longest(original.files[EVENTS], tampered.files[EVENTS])
    return next(number for number, (a, b) in enumerate(pairs, start=1) if a != b)
