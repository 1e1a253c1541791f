"""Who reads an observed certificate: its team all of it, and the teams of the scopes that have it its facts
and their own places."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.inventory.observed import ObservedCertificate, Sighting


@dataclass(frozen=True)
class Reader:
    """`teams` are those that the caller reads for; None for all."""

    teams: Collection[str] | None

    def is_of_its_team(self, certificate: ObservedCertificate) -> bool:
        return self.teams is None or certificate.team_id in self.teams

    def sees(self, certificate: ObservedCertificate) -> bool:
        if self.is_of_its_team(certificate):
            return True
        return bool(self.teams and certificate.teams_that_see.intersection(self.teams))

    def shown(self, certificate: ObservedCertificate) -> ObservedCertificate:
        """The certificate as the caller may see it: without owner, tags and what others have of it, unless it
        is of the caller's team. `sightings` are then those of the caller's teams."""
        if self.is_of_its_team(certificate):
            return certificate
        own = {t: n for t, n in certificate.team_sightings.items() if t in (self.teams or ())}
        return replace(
            certificate,
            owner_id=None,
            certificate_id=None,
            tags={},
            superseded_by=None,
            renewed_by=None,
            sightings=sum(own.values()),
            team_sightings=own,
        )

    def sees_place(self, certificate: ObservedCertificate, sighting: Sighting) -> bool:
        return self.is_of_its_team(certificate) or sighting.team_id in (self.teams or ())


def reader_of(caller: Principal) -> Reader:
    return Reader(caller.team_filter(Permission.INVENTORY_READ))
