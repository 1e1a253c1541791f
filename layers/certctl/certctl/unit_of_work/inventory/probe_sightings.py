"""Certificates that probes see become observed ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from certctl.crypto.inventory.facts import Unreadable, parse
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.probes import Probe
from certctl.domain.inventory.endpoints.reported import ReportedProbe
from certctl.domain.inventory.endpoints.sighted import sighted_after
from certctl.domain.inventory.observed import MAX_CHAIN, ParsedCertificate, Sighting
from certctl.domain.inventory.places import parse_place
from certctl.domain.times import day_of
from certctl.unit_of_work.inventory.endpoint_places import EndpointPlaces, Placed
from certctl.unit_of_work.inventory.place_changes import PlaceChange
from certctl.unit_of_work.inventory.recording import Recorder

type _Chain = Sequence[ParsedCertificate]
"""The leaf first."""


@dataclass(frozen=True)
class ProbeSightings:
    recorder: Recorder
    places: EndpointPlaces

    def placed(self, endpoint: Endpoint, probe: Probe, reported: ReportedProbe, now: datetime) -> Placed:
        """What a probe changes of the places of its endpoint; the rows that chains, searches and DER need are
        written here, for they can be repeated. Nothing is read or written if the same certificates are shown.
        Raises ChangedMeanwhile, Unavailable."""
        wanted = sighted_after(endpoint, probe)
        if wanted == endpoint.sighted:
            return Placed(wanted)
        before = {each.fingerprint for each in endpoint.sighted}
        new = {each.fingerprint for each in wanted} - before
        chains = {chain[0].fingerprint: chain for chain in _chains(reported, new)}
        sighted = tuple(each for each in wanted if each.fingerprint in before | chains.keys())
        gone = before - {each.fingerprint for each in wanted}
        stored = self.places.stored(endpoint, gone | chains.keys())
        changes = [
            *(PlaceChange(each, each.ended(now)) for f, each in stored.items() if f in gone),
            *(PlaceChange(stored.get(f), _sighting(endpoint, chain, now)) for f, chain in chains.items()),
        ]
        parsed = {each.fingerprint: each for chain in chains.values() for each in chain}
        known = self.recorder.known(parsed.keys() | gone)
        if not self._has_room(endpoint, len(parsed.keys() - known.keys()), now):
            return Placed(endpoint.sighted)
        made = self.recorder.newly_made(changes, known, parsed, endpoint.team_id, now)
        self.recorder.create([each for fingerprint, each in made.items() if fingerprint not in chains])
        return Placed(sighted, changes, {**known, **made}, frozenset(made))

    def _has_room(self, endpoint: Endpoint, count: int, now: datetime) -> bool:
        """Whether the prober may bring so many further certificates on this day."""
        if not count:
            return True
        scope = self.places.scopes.get(endpoint.scope_id)
        return scope is None or count <= scope.new_left(day_of(now))


def _sighting(endpoint: Endpoint, chain: _Chain, now: datetime) -> Sighting:
    leaf, *issuers = (each.fingerprint for each in chain)
    place = parse_place(endpoint.place)
    return Sighting(
        endpoint.scope_id, place, leaf, endpoint.team_id, now, tuple(issuers), endpoint_id=endpoint.id
    )


def _chains(reported: ReportedProbe, wanted: set[str]) -> Iterator[_Chain]:
    """The chains of leaves that are wanted, each leaf once, without what nobody can read."""
    left = set(wanted)
    for shown in reported.chains:
        fingerprint = sha256(shown.chain[0]).hexdigest() if shown.chain else ""
        if fingerprint in left:
            left.remove(fingerprint)
            leaf, *issuers = map(_parsed, shown.chain[: 1 + MAX_CHAIN])
            if leaf is not None:
                yield [leaf, *dict.fromkeys(each for each in issuers if each is not None)]


def _parsed(der: bytes) -> ParsedCertificate | None:
    try:
        return parse(der)
    except Unreadable:
        return None
