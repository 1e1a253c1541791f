"""What a probe means: the findings of an endpoint, from what it showed and what it should serve."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.inventory.endpoints.damping import Damped, Look, Rhythm, Sight
from certctl.domain.inventory.endpoints.endpoints import Endpoint, Expected
from certctl.domain.inventory.endpoints.findings import Finding, severity_of
from certctl.domain.inventory.endpoints.probes import Note, Offer, Probe, ServedLeaf

_AFTER_DEPLOYMENT = timedelta(minutes=15)
_AFTER_ISSUANCE = timedelta(hours=24)
_LARGEST_SHARE = 3
"""Waiting takes a third at most of what the served certificate has left."""
_NOTHING = timedelta(0)

Key = tuple[Finding, str]


@dataclass(frozen=True)
class IssuedVersion:
    """A version of a certificate that was issued."""

    fingerprint: str
    issued_at: datetime
    not_after: datetime
    is_revoked: bool = False


@dataclass(frozen=True)
class Attached:
    """A certificate that an endpoint should serve."""

    certificate_id: str
    current: str
    """The fingerprint of its newest valid version; empty before the first."""
    versions: tuple[IssuedVersion, ...] = ()
    """The unexpired ones, and those that expired lately."""
    key: str = ""
    """The kind of the current key, as `ServedLeaf.key`; empty if that is unknown."""
    issuer: str = ""
    """The name of the current version's issuer; empty if that is unknown."""

    def version(self, fingerprint: str) -> IssuedVersion | None:
        return next((each for each in self.versions if each.fingerprint == fingerprint), None)

    def successor(self, served: IssuedVersion) -> IssuedVersion | None:
        """The version that was issued next after one that is not current; None if there is none."""
        current = self.version(self.current)
        if current is None or served.issued_at >= current.issued_at:
            return None
        later = (each for each in self.versions if each.issued_at > served.issued_at and not each.is_revoked)
        return min(later, key=lambda each: each.issued_at, default=None)


NOBODY = Attached("", "")
"""What a free endpoint should serve."""


def is_due_from(served: IssuedVersion, successor: IssuedVersion, deployed_at: datetime | None) -> datetime:
    """When an older version that is still served becomes a finding."""
    start, longest = successor.issued_at, _AFTER_ISSUANCE
    if deployed_at is not None and deployed_at >= successor.issued_at:
        start, longest = deployed_at, _AFTER_DEPLOYMENT
    left = max(served.not_after - start, _NOTHING)
    return start + min(longest, left / _LARGEST_SHARE)


@dataclass(frozen=True)
class Expectation:
    """What an endpoint should serve at one moment."""

    endpoint: Endpoint
    attached: tuple[Attached, ...]
    now: datetime

    def owner_of(self, leaf: ServedLeaf) -> Attached:
        """The certificate that a leaf is counted with: the one that it is a version of, else the one with
        such a key, else the first."""
        known = (each for each in self.attached if each.version(leaf.fingerprint))
        alike = (each for each in self.attached if each.key == leaf.key)
        return next(known, None) or next(alike, None) or next(iter(self.attached), NOBODY)

    def faults(self, leaf: ServedLeaf) -> Mapping[Finding, Sight]:
        """What is wrong with a leaf. One cause is one finding: what should not be served at all has no other
        faults, and a revoked version is not stale as well."""
        owner = self.owner_of(leaf)
        version = owner.version(leaf.fingerprint)
        if Finding.REVOKED in leaf.faults or (version is not None and version.is_revoked):
            return {**self._own(leaf), Finding.REVOKED: Sight.BAD}
        if version is None and self._is_unexpected(leaf, owner):
            return {Finding.UNEXPECTED: Sight.BAD}
        stale = self._staleness(version, owner) if version is not None else None
        return self._own(leaf) if stale is None else {**self._own(leaf), Finding.STALE: stale}

    def _own(self, leaf: ServedLeaf) -> dict[Finding, Sight]:
        return dict.fromkeys(leaf.faults, Sight.BAD)

    def _is_unexpected(self, leaf: ServedLeaf, owner: Attached) -> bool:
        match self.endpoint.expected:
            case Expected.VERSION:
                return bool(owner.versions)
            case Expected.ISSUER:
                expected = self.endpoint.expected_issuer or owner.issuer
                return bool(expected) and leaf.issuer != expected
            case _:
                return False

    def _staleness(self, version: IssuedVersion, owner: Attached) -> Sight | None:
        if self.endpoint.expected is not Expected.VERSION:
            return None
        successor = owner.successor(version)
        if successor is None:
            return None
        due = is_due_from(version, successor, self.endpoint.deployed_at)
        return Sight.BAD if self.now >= due else Sight.WAITING


def looks(expectation: Expectation, probe: Probe) -> dict[Key, Look]:
    """What a probe shows of each finding that is there; what is not in it is good or unseen."""
    found: dict[Key, Look] = {}
    for key, look in _faults(expectation, probe):
        found[key] = _joined(found[key], look) if key in found else look
    return found


def _faults(expectation: Expectation, probe: Probe) -> Iterator[tuple[Key, Look]]:
    for address, offer, leaf in probe.leaves:
        owner = expectation.owner_of(leaf).certificate_id
        for finding, sight in expectation.faults(leaf).items():
            severity = severity_of(finding, leaf.not_after - expectation.now)
            yield (finding, owner), Look(sight, (address,), (offer,), severity)
    first = next(iter(expectation.attached), NOBODY).certificate_id
    for address, handshake in probe.handshakes:
        if handshake.speaks_old_protocol:
            yield _look(Finding.OLD_PROTOCOL, first, (address,), handshake.offer)
    if probe.seen and not any(probe.leaves):
        addresses = tuple(each.address for each in probe.seen)
        yield _look(Finding.UNREACHABLE, first, addresses, Offer.DEFAULT)


def _look(finding: Finding, owner: str, addresses: tuple[str, ...], offer: Offer) -> tuple[Key, Look]:
    return (finding, owner), Look(Sight.BAD, addresses, (offer,), severity_of(finding, _NOTHING))


def _joined(one: Look, other: Look) -> Look:
    """A finding that is bad anywhere is bad."""
    if one.sight is not other.sight:
        return one if one.sight is Sight.BAD else other
    critical = min(one.severity, other.severity, key=_rank)
    addresses = tuple(dict.fromkeys((*one.addresses, *other.addresses)))
    return Look(one.sight, addresses, tuple(dict.fromkeys((*one.offers, *other.offers))), critical)


def _rank(severity: str) -> int:
    return ("critical", "warning", "info").index(severity)


def absent(state: Damped, probe: Probe) -> Look:
    """What a probe without a finding shows of it: good if every address and offer that was bad has answered,
    or is gone."""
    if state.finding is Finding.UNREACHABLE:
        return Look(Sight.GOOD if any(probe.leaves) else Sight.UNSEEN)
    if state.finding is Finding.REVOKED and any(_is_unknown(leaf) for *_, leaf in probe.leaves):
        return Look(Sight.UNSEEN)
    is_covered = all(probe.answers(offer, state.addresses) for offer in state.offers)
    return Look(Sight.GOOD if is_covered else Sight.UNSEEN)


def _is_unknown(leaf: ServedLeaf) -> bool:
    return Note.REVOCATION_UNKNOWN in leaf.notes


def states_after(expectation: Expectation, probe: Probe, rhythm: Rhythm) -> tuple[Damped, ...]:
    """The findings of an endpoint after a probe, without those that say nothing any longer."""
    found = looks(expectation, probe)
    before = {each.key: each for each in expectation.endpoint.findings}
    after = [
        before.get(key, Damped(*key)).after(found.get(key) or absent(before[key], probe), rhythm)
        for key in dict.fromkeys((*before, *found))
    ]
    return tuple(each for each in after if not each.is_forgotten(rhythm.now))
