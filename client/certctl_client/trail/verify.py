"""Verifies a bundle: chooses the check by its files, and turns the first fault into a report."""

from certctl_client.trail.bundle import HEADS, PROOFS, SEALS, Bundle
from certctl_client.trail.faults import Fault, FaultFound, FaultKind, refuse
from certctl_client.trail.filtered import FilteredCheck
from certctl_client.trail.full import FullCheck
from certctl_client.trail.report import BundleKind, Report
from certctl_client.trail.trust import Anchors, Trust, anchors


def verify(bundle: Bundle, trust: Trust) -> Report:
    """Verifies a bundle without requests. Every fault is part of the report, never an exception."""
    try:
        kind = kind_of(bundle)
        anchored = anchors(bundle, trust)
    except FaultFound as found:
        return _unopened(found.fault)
    check = FullCheck(bundle, anchored) if kind is BundleKind.FULL else FilteredCheck(bundle, anchored)
    return run(check, anchored)


def run(check: FullCheck | FilteredCheck, anchored: Anchors) -> Report:
    fault = None
    try:
        check.run()
    except FaultFound as found:
        fault = found.fault
    return _report(check, anchored, fault)


def kind_of(bundle: Bundle) -> BundleKind:
    """Raises FaultFound if the files are those of neither kind, or of both."""
    full, filtered = bundle.has(SEALS), bundle.has(PROOFS) or bundle.has(HEADS)
    if full and filtered:
        refuse(FaultKind.UNREADABLE, "it has the files of a full and of a filtered export")
    if not full and not filtered:
        refuse(
            FaultKind.UNREADABLE,
            f"it has neither {SEALS} nor {PROOFS}: it is not an export of the audit trail",
        )
    return BundleKind.FULL if full else BundleKind.FILTERED


def _report(check: FullCheck | FilteredCheck, anchored: Anchors, fault: Fault | None) -> Report:
    good = check.last_good
    return Report(
        kind=check.kind,
        events=check.events,
        expired=check.expired,
        seals=check.chain.heads,
        intact_until=good.cutoff if good else None,
        stack=good.stack if good else None,
        first_fault=fault,
        head_checked=fault is None and anchored.head is not None,
        key_pinned=anchored.key_pinned,
        key_sha256=anchored.key.sha256,
    )


def _unopened(fault: Fault) -> Report:
    return Report(None, 0, 0, 0, None, None, fault, head_checked=False, key_pinned=False, key_sha256=None)
