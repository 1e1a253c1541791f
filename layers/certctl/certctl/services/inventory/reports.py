"""Reports of scans: whatever is lost, repeated or cut, the next report mends."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.crypto.inventory.facts import Unreadable, parse
from certctl.domain.errors import Conflict, InvalidInput, NotFound
from certctl.domain.inventory.manifests import FIRST, RANGE_PLACES, Found, Range, digest_of, ranges_of
from certctl.domain.inventory.observed import MAX_CHAIN, ParsedCertificate, Sighting
from certctl.domain.inventory.scopes import MAX_PLACES, Scope
from certctl.domain.times import day_of
from certctl.store.inventory.scopes import ScopeStore
from certctl.unit_of_work.inventory.place_changes import PlaceChange
from certctl.unit_of_work.inventory.recording import Recorder
from certctl.unit_of_work.retry import retry_on_conflict

_MOST_REFUSED = 300


@dataclass(frozen=True)
class Refusal:
    """A certificate that was not taken, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class RangeAnswer:
    """`wanted`: fingerprints whose DER is missing; the range is sent again with them, and not done before."""

    wanted: tuple[str, ...] = ()
    added: int = 0
    ended: int = 0
    new: int = 0
    refused: tuple[Refusal, ...] = ()

    def __add__(self, other: "RangeAnswer") -> "RangeAnswer":
        return RangeAnswer(
            (*self.wanted, *other.wanted),
            self.added + other.added,
            self.ended + other.ended,
            self.new + other.new,
            (*self.refused, *other.refused)[:_MOST_REFUSED],
        )


@dataclass(frozen=True)
class Reports:
    scopes: ScopeStore
    recorder: Recorder
    now: Callable[[], datetime]

    @retry_on_conflict
    def unchanged(self, scope_id: str, digest: str) -> bool:
        """Whether the scope has a manifest of this digest, so that nothing need be sent: then only the row
        of the scope is written. Raises NotFound."""
        scope, now = self._scope(scope_id), self.now()
        if not scope.has(digest, now):
            return False
        self.scopes.save(scope, scope.reported(now))
        return True

    @retry_on_conflict
    def failed(self, scope_id: str, reason: str) -> None:
        """Records that a scan found out nothing: what the scope has stays. Raises NotFound."""
        scope = self._scope(scope_id)
        self.scopes.save(scope, scope.failed(reason, self.now()))

    def report(
        self, scope_id: str, found: Sequence[Found], ders: Mapping[str, bytes], *, is_complete: bool
    ) -> RangeAnswer:
        """A whole scan, with the DER of all that it found. Raises NotFound, Unavailable."""
        total = RangeAnswer()
        if is_complete and self.unchanged(scope_id, digest_of(found)):
            return total
        for each in ranges_of(found, is_complete=is_complete):
            needed = {each for f in each.found for each in (f.fingerprint, *f.chain)}
            sent = {fingerprint: ders[fingerprint] for fingerprint in needed & ders.keys()}
            total += self.take(scope_id, replace(each, ders=sent))
        return total

    @retry_on_conflict
    def take(self, scope_id: str, part: Range) -> RangeAnswer:
        """Takes one range of a manifest. Raises NotFound, Conflict for a range that does not continue the
        ranges before, InvalidInput, Unavailable."""
        scope, now = self._begun(self._scope(scope_id), part), self.now()
        stored = self.recorder.sightings.in_range(scope_id, part.after, part.upto)
        parsed, refused = _parsed(part)
        changes = _added(scope, part, stored, refused, now)
        fingerprints = {each for change in changes for each in _named(change.after)}
        before = {c.before.fingerprint for c in changes if c.before is not None and c.before.ended_at is None}
        gone = _ended(part, stored, now)
        known = self.recorder.known(fingerprints | before | {c.after.fingerprint for c in gone})
        held = {each for sighting in stored.values() for each in _named(sighting)} & known.keys()
        wanted = fingerprints - held - parsed.keys()
        changes = [change for change in changes if not wanted & set(_named(change.after))]
        used = {each for change in changes for each in _named(change.after)}
        fresh = {f: p for f, p in parsed.items() if f in used}
        self._check(scope, len(fresh.keys() - known.keys()), len(changes), now)
        new = self.recorder.record([*changes, *gone], known, fresh, scope.team_id, now)
        answer = RangeAnswer(tuple(sorted(wanted)), len(changes), len(gone), new, tuple(refused.values()))
        self._advance(scope, part, answer, now)
        return answer

    def _scope(self, scope_id: str) -> Scope:
        scope = self.scopes.get(scope_id)
        if scope is None:
            raise NotFound("There is no such scope.")
        return scope

    def _begun(self, scope: Scope, part: Range) -> Scope:
        _check_form(part)
        if part.after == FIRST and part.run != scope.run:
            return replace(scope, run=part.run, run_upto="", run_places=0)
        if part.run != scope.run or part.after > scope.run_upto:
            raise Conflict("The range does not follow the ranges that were sent: begin with the first one.")
        return scope

    def _check(self, scope: Scope, new: int, added: int, now: datetime) -> None:
        if new > scope.new_left(day_of(now)):
            raise InvalidInput.of("ders", "the scope has brought its 5,000 new certificates of the day")
        if scope.places + added > 2 * MAX_PLACES:
            raise InvalidInput.of("found", f"a scope has at most {MAX_PLACES:,} places")

    def _advance(self, scope: Scope, part: Range, answer: RangeAnswer, now: datetime) -> None:
        """Only a range without wanted certificates is done; the last one ends the scan."""
        after = scope.with_new(answer.new, day_of(now)) if answer.new else scope
        if not answer.wanted and part.upto > scope.run_upto:
            places = scope.run_places + len(part.found)
            after = replace(after, run_upto=part.upto, run_places=places)
            if part.is_last:
                after = _ended_run(after, part, places, now)
        self.scopes.save(scope, after)


def _ended_run(scope: Scope, part: Range, places: int, now: datetime) -> Scope:
    ended = replace(scope.reported(now), run="", run_upto="", run_places=0)
    if not part.is_complete:
        return replace(ended, places=max(scope.places, places))
    return replace(ended, digest=part.run, complete_at=now, places=places)


def _check_form(part: Range) -> None:
    """Raises InvalidInput."""
    if len(part.found) > RANGE_PLACES:
        raise InvalidInput.of("found", f"a range has at most {RANGE_PLACES} places")
    keys = [each.place.key for each in part.found]
    if any(not part.after < key <= part.upto for key in keys) or len(set(keys)) < len(keys):
        raise InvalidInput.of("found", "each place once, with a key above `after` and not above `upto`")
    if any(len(each.chain) > MAX_CHAIN for each in part.found):
        raise InvalidInput.of("found", f"a chain has at most {MAX_CHAIN} certificates")


def _parsed(part: Range) -> tuple[dict[str, ParsedCertificate], dict[str, Refusal]]:
    """The certificates that came, and the refusals by fingerprint."""
    parsed: dict[str, ParsedCertificate] = {}
    refused: dict[str, Refusal] = {}
    places = {each: f.place.text for f in part.found for each in (f.fingerprint, *f.chain)}
    for fingerprint, der in part.ders.items():
        place = places.get(fingerprint, "")
        if hashlib.sha256(der).hexdigest() != fingerprint:
            refused[fingerprint] = Refusal(place, "the certificate has another fingerprint")
            continue
        try:
            parsed[fingerprint] = parse(der)
        except Unreadable as error:
            refused[fingerprint] = Refusal(place, str(error))
    return parsed, refused


def _added(
    scope: Scope,
    part: Range,
    stored: Mapping[str, Sighting],
    refused: Mapping[str, Refusal],
    now: datetime,
) -> list[PlaceChange]:
    changes = []
    for each in part.found:
        before = stored.get(each.place.key)
        if each.fingerprint in refused or (before is not None and _is_same(before, each)):
            continue
        chain = tuple(one for one in each.chain if one not in refused)
        after = Sighting(scope.id, each.place, each.fingerprint, scope.team_id, now, chain, each.renewed_by)
        changes.append(PlaceChange(before, after))
    return changes


def _is_same(sighting: Sighting, found: Found) -> bool:
    has = (sighting.fingerprint, sighting.chain, sighting.renewed_by)
    return sighting.ended_at is None and has == (found.fingerprint, found.chain, found.renewed_by)


def _ended(part: Range, stored: Mapping[str, Sighting], now: datetime) -> list[PlaceChange]:
    if not part.is_complete:
        return []
    kept = {each.place.key for each in part.found}
    live = {key: each for key, each in stored.items() if each.ended_at is None}
    return [PlaceChange(each, each.ended(now)) for key, each in live.items() if key not in kept]


def _named(sighting: Sighting) -> tuple[str, ...]:
    return (sighting.fingerprint, *sighting.chain)
