"""Which certificate has taken the places of an older one: pure, of both and their places."""

from collections.abc import Callable, Iterable, Sequence

from certctl.domain.inventory.observed import ObservedCertificate, Sighting
from certctl.domain.inventory.places import PlaceKind
from certctl.domain.inventory.statuses import Trust

MOST_PLACES = 100
"""A certificate at more places is not superseded: nobody looks at so many."""

type PlacesOf = Callable[[str], Sequence[Sighting]]


def successor_of(
    old: ObservedCertificate, others: Iterable[ObservedCertificate], places_of: PlacesOf
) -> str | None:
    """The fingerprint of the newest certificate with the same names, kind of key and verified trust that is
    at every place of `old`, or beside each in its directory; None if there is none."""
    newer = [each for each in others if _may_succeed(each, old)]
    if not newer:
        return None
    left = places_of(old.fingerprint)
    if not left or len(left) > MOST_PLACES:
        return None
    for each in sorted(newer, key=lambda one: one.facts.not_after, reverse=True):
        taken = places_of(each.fingerprint)
        if all(any(_takes(new, place) for new in taken) for place in left):
            return each.fingerprint
    return None


def _may_succeed(new: ObservedCertificate, old: ObservedCertificate) -> bool:
    """Trust that nobody verified is none: a self-signed certificate has any names that its maker likes."""
    return (
        new.fingerprint != old.fingerprint
        and new.trust is old.trust is not Trust.UNKNOWN
        and new.names_digest == old.names_digest
        and new.facts.key_algorithm == old.facts.key_algorithm
        and new.facts.not_before > old.facts.not_before
        and new.facts.not_after > old.facts.not_after
        and new.sightings > 0
        and not new.facts.is_ca
    )


def _takes(new: Sighting, place: Sighting) -> bool:
    """An endpoint shows a certificate as long as it is a place: until then nothing has taken it."""
    if new.scope_id != place.scope_id or place.place.kind is PlaceKind.TLS:
        return False
    directory = place.place.directory
    return new.place == place.place or (directory is not None and new.place.directory == directory)
