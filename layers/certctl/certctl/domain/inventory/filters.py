"""Which observed certificates, and which of their sources, a list shows."""

from collections.abc import Sequence
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
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.sources import Source
from certctl.domain.inventory.statuses import ObservedStatus


@dataclass(frozen=True)
class ObservedFilter:
    """All that is given must match. `issuer` is a part of the issuer's name, in any case; `expires_before` is
    exclusive; `is_owned` is whether it has an owner. CAs are shown only if `is_ca` is True. `trait` and
    `renewer` are those of leaves in use."""

    status: ObservedStatus | None = None
    text: str | None = None
    team_id: str | None = None
    owner_id: str | None = None
    issuer: str | None = None
    expires_before: datetime | None = None
    is_ca: bool = False
    trait: CertificateTrait | None = None
    renewer: Renewer | None = None
    is_owned: bool | None = None

    @property
    def is_of_a_report(self) -> bool:
        """Whether it selects what a report or a digest counts: certificates of the caller's own teams."""
        return any(each is not None for each in (self.trait, self.renewer, self.is_owned))

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
            and (self.is_owned is None or (certificate.owner_id is not None) == self.is_owned)
        )

    def _is_renewed(self, certificate: ObservedCertificate) -> bool:
        return is_in_use(certificate) and renewer_of(certificate) is self.renewer


@dataclass(frozen=True)
class SourceFilter:
    """All that is given must match."""

    team_id: str | None = None
    is_silent: bool = False
    """Only sources with a scope that no longer reports."""

    def matches(self, source: Source, scopes: Sequence[Scope], now: datetime) -> bool:
        is_of_team = self.team_id in (None, source.team_id)
        return is_of_team and (not self.is_silent or any(scope.is_silent(now) for scope in scopes))
