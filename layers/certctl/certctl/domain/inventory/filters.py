"""Which observed certificates a list shows."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.census.traits import (
    CertificateTrait,
    Renewer,
    is_in_use,
    renewer_of,
    traits_of,
)
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.statuses import ObservedStatus


@dataclass(frozen=True)
class ObservedFilter:
    """All that is given must match. `issuer` is a part of the issuer's name, in any case; `expires_before` is
    exclusive. CAs are shown only if `is_ca` is True. `trait` and `renewer` are those of leaves in use."""

    status: ObservedStatus | None = None
    text: str | None = None
    team_id: str | None = None
    owner_id: str | None = None
    issuer: str | None = None
    expires_before: datetime | None = None
    is_ca: bool = False
    trait: CertificateTrait | None = None
    renewer: Renewer | None = None

    @property
    def is_of_a_report(self) -> bool:
        """Whether it selects what a report counts: certificates of the caller's own teams."""
        return self.trait is not None or self.renewer is not None

    def matches(self, certificate: ObservedCertificate, now: datetime) -> bool:
        """Whether all but `text` match: a search has found that."""
        facts = certificate.facts
        return (
            (self.status is None or certificate.status is self.status)
            and (self.team_id is None or certificate.team_id == self.team_id)
            and (self.owner_id is None or certificate.owner_id == self.owner_id)
            and (self.issuer is None or self.issuer.casefold() in facts.issuer.casefold())
            and (self.expires_before is None or facts.not_after < self.expires_before)
            and facts.is_ca == self.is_ca
            and (self.trait is None or self.trait in traits_of(certificate, now))
            and (self.renewer is None or self._is_renewed(certificate))
        )

    def _is_renewed(self, certificate: ObservedCertificate) -> bool:
        return is_in_use(certificate) and renewer_of(certificate) is self.renewer
