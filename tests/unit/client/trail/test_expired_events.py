"""Events that are gone because their retention was over are counted; others that are gone are missing."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from certctl_client.trail.faults import FaultKind
from tests.support.client.checks import Auditor, auditor_of
from tests.support.client.trails import BEGAN, Files, Sealer, event_id, event_line, full_bundle

EVENTS = "events.jsonl"
_DAYS = {"c": 5, "e": 30}
_KINDS = "ceccecccec" * 4


@pytest.fixture(scope="module")
def old_trail() -> Sealer:
    """Three seals of day 0, then one of day 10 with a recent API call, then an empty one."""
    sealer = Sealer()
    for number in range(3):
        moments = [BEGAN + timedelta(minutes=number, seconds=i) for i in range(len(_KINDS))]
        add(sealer, number, moments, _KINDS, 0)
    add(sealer, 3, [BEGAN + timedelta(days=9)], "c", 10)
    add(sealer, 4, [], "", 10)
    return sealer


def add(sealer: Sealer, number: int, moments: list[Any], kinds: str, day: int) -> None:
    numbers = range(number * 100, number * 100 + len(moments))
    lines = [event_line(m, n, k) for m, n, k in zip(moments, numbers, kinds, strict=True)]
    ids = [event_id(m, n) for m, n in zip(moments, numbers, strict=True)]
    time = (BEGAN + timedelta(days=day, minutes=number)).strftime("%Y-%m-%dT%H:%M:%SZ")
    sealer.seal(lines, kinds, ids, retention_days=_DAYS, cutoff=time, sealed_at=time)


@pytest.fixture
def old_bundle(old_trail: Sealer) -> Files:
    return full_bundle(old_trail)


@pytest.fixture
def old_auditor(old_trail: Sealer) -> Auditor:
    return auditor_of(old_trail)


def calls(bundle: Files) -> list[int]:
    """Places of the API calls of the old seals."""
    return [i for i, line in enumerate(bundle.files[EVENTS][:120]) if b'"resource_type":"api"' in line]


def without(bundle: Files, places: set[int]) -> Files:
    return bundle.with_file(EVENTS, [line for i, line in enumerate(bundle.files[EVENTS]) if i not in places])


def test_all_expired_calls_may_be_gone(old_bundle: Files, old_auditor: Auditor) -> None:
    gone = set(calls(old_bundle))
    report = old_auditor.report(without(old_bundle, gone))
    assert report.is_intact
    assert (report.events, report.expired) == (121 - len(gone), len(gone))
    assert f"{len(gone)} more are gone" in report.text()


def test_any_of_the_expired_calls_may_be_gone(old_bundle: Files, old_auditor: Auditor) -> None:
    places = calls(old_bundle)
    for _ in range(200):
        gone = set(random.sample(places, random.randrange(1, len(places))))  # noqa: S311
        report = old_auditor.report(without(old_bundle, gone))
        assert (report.first_fault, report.expired) == (None, len(gone))


def test_beside_gone_calls_every_tampering_is_still_found(old_bundle: Files, old_auditor: Auditor) -> None:
    places = calls(old_bundle)
    for _ in range(300):
        gone = set(random.sample(places, random.randrange(1, len(places))))  # noqa: S311
        bundle = without(old_bundle, gone)
        lines = list(bundle.files[EVENTS])
        place = random.randrange(len(lines) - 1)  # noqa: S311
        kind = random.choice(("edit", "copy", "swap", "insert"))  # noqa: S311
        if kind == "edit":
            lines[place] = lines[place].replace(b"key-", b"kez-")
        elif kind == "copy":
            lines.append(lines[place])
        elif kind == "swap":
            lines[place], lines[place + 1] = lines[place + 1], lines[place]
        else:
            lines.insert(place, event_line(BEGAN, 9_999, "c"))
        fault = old_auditor.fault(bundle.with_file(EVENTS, lines))
        # of two that changed places the first may be gone: then the second is where it cannot be
        expected = {"copy": {len(lines)}, "swap": {place + 1, place + 2}}.get(kind, {place + 1})
        assert fault.line in expected


def test_a_recent_call_may_not_be_gone(old_bundle: Files, old_auditor: Auditor) -> None:
    fault = old_auditor.fault(without(old_bundle, {120}))
    assert (fault.kind, fault.seal) == (FaultKind.MISSING, 4)


def test_a_domain_event_may_not_be_gone_beside_expired_calls(old_bundle: Files, old_auditor: Auditor) -> None:
    domain = next(i for i, line in enumerate(old_bundle.files[EVENTS]) if b'"api"' not in line)
    event = json.loads(old_bundle.files[EVENTS][domain])["id"]
    fault = old_auditor.fault(without(old_bundle, {*calls(old_bundle), domain}))
    assert (fault.kind, fault.event_id, fault.seal) == (FaultKind.MISSING, event, 1)


def test_a_forged_newest_seal_does_not_let_events_expire(
    old_trail: Sealer, old_bundle: Files, old_auditor: Auditor
) -> None:
    """Seals of day 0 only, and after them one that another key has signed."""
    forger = Sealer()
    forger.key_sha256, forger.sealed = old_trail.key_sha256, old_trail.sealed[:1]
    add(forger, 1, [], "", 300)
    seals = [*old_bundle.files["seals.jsonl"][:1], forger.sealed[-1].object]
    lines = list(old_bundle.files[EVENTS])[:40]
    call = calls(old_bundle)[3]
    del lines[call]
    fault = old_auditor.fault(old_bundle.with_file("seals.jsonl", seals).with_file(EVENTS, lines))
    assert (fault.kind, fault.seal, fault.line) == (FaultKind.MISSING, 1, call + 1)


def test_an_edited_call_is_told_as_such_though_it_might_be_gone(
    old_bundle: Files, old_auditor: Auditor
) -> None:
    """The last one of a seal: what follows might be the next seal's."""
    lines = list(old_bundle.files[EVENTS])
    event = json.loads(lines[39])["id"]
    lines[39] = lines[39].replace(b"key-", b"kez-")
    assert 39 in calls(old_bundle)
    fault = old_auditor.fault(old_bundle.with_file(EVENTS, lines))
    assert (fault.kind, fault.event_id, fault.seal, fault.line) == (FaultKind.EDITED, event, 1, 40)
