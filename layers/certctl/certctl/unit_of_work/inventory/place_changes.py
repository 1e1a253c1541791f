"""Changes of places, and what they change of the certificates that the places have."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.expiry import planned
from certctl.domain.inventory.observed import ObservedCertificate, Sighting


@dataclass(frozen=True)
class PlaceChange:
    """A place with what it had and what it has: `before` is None for a new place, and `after` an ended
    sighting if nothing is left there."""

    before: Sighting | None
    after: Sighting

    @property
    def counts(self) -> Iterator[tuple[str, str, int]]:
        """The fingerprints whose places change, each with the team and the difference."""
        if self.before is not None and self.before.ended_at is None:
            yield self.before.fingerprint, self.before.team_id, -1
        if self.after.ended_at is None:
            yield self.after.fingerprint, self.after.team_id, 1


def counted(
    changes: Iterable[PlaceChange], current: Mapping[str, ObservedCertificate], now: datetime
) -> dict[str, ObservedCertificate]:
    """The certificates after the changes, by fingerprint; `current` has them as they are."""
    after: dict[str, ObservedCertificate] = {}
    for change in changes:
        for fingerprint, team_id, places in change.counts:
            before = after.get(fingerprint) or current.get(fingerprint)
            if before is not None:
                program = change.after.renewed_by if places > 0 else None
                after[fingerprint] = before.seen(team_id, places).found_with(program, team_id)
    return {fingerprint: planned(each.gone_if_nowhere(now)) for fingerprint, each in after.items()}
