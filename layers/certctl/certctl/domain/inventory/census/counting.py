"""Counts certificates, for the whole stack, each team and each owner. Counts of parts can be added."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from certctl.domain.inventory.census.soonest import ExpiringLeaf, expiring_leaf, insert
from certctl.domain.inventory.census.traits import (
    LIMITS,
    is_in_use,
    key_name,
    milli_renewals,
    renewer_of,
    traits_of,
)
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.statuses import Trust

MOST_VALUES = 500
"""Different values that are counted of one facet; further ones are counted together."""
OTHER = ""
"""The value that further ones are counted as."""
MOST_CAS = 2_000
ALL = "all"
SHOWN = 20
"""Records of a list that are named; the others are only counted."""
_TEAM = "team#"
TODAY = 0
"""In place of a limit in days: certificates live as long as they do today."""


class Facet(StrEnum):
    """What is counted: STATUS of all leaves, the others of leaves that are in use. Values of TRAIT are
    `<trait>/<renewer>`, those of RENEWALS `<limit in days>/<renewer>`, in thousandths a year, of certificates
    with a path to public roots."""

    STATUS = "status"
    TRUST = "trust"
    RENEWER = "renewer"
    ISSUER = "issuer"
    KEY = "key"
    SIGNATURE = "signature"
    TRAIT = "trait"
    RENEWALS = "renewals"


type Counts = dict[Facet, Counter[str]]


@dataclass(frozen=True)
class IssuerName:
    """What a leaf says of its issuer, and a CA of itself: its name, and the identifier of its key if it has
    one."""

    name: str
    key_id: str

    @classmethod
    def of_leaf(cls, certificate: ObservedCertificate) -> "IssuerName":
        return cls(certificate.facts.issuer, certificate.facts.issuer_key_id)

    @classmethod
    def of_ca(cls, certificate: ObservedCertificate) -> "IssuerName":
        return cls(certificate.facts.subject, certificate.facts.key_id)


@dataclass(frozen=True)
class Issued:
    """Leaves of one issuer that are in use and have not expired, and when the last of them ends."""

    leaves: int
    latest: datetime


@dataclass(frozen=True)
class CaSeen:
    """A CA certificate; of several with the same name and key, the last to expire."""

    fingerprint: str
    not_after: datetime


@dataclass
class Tally:
    """Counts of the whole stack, of one team or of one owner."""

    counts: Counts = field(default_factory=lambda: defaultdict(Counter))
    issuers: dict[IssuerName, Issued] = field(default_factory=dict)
    soonest: list[ExpiringLeaf] = field(default_factory=list)

    def add(self, certificate: ObservedCertificate, now: datetime) -> None:
        for facet, value, amount in counted(certificate, now):
            counter = self.counts[facet]
            known = value in counter or len(counter) < MOST_VALUES
            counter[value if known else OTHER] += amount
        if is_in_use(certificate) and certificate.facts.not_after >= now:
            self._add_issuer(IssuerName.of_leaf(certificate), certificate.facts.not_after)
            insert(self.soonest, expiring_leaf(certificate))

    def _add_issuer(self, issuer: IssuerName, not_after: datetime) -> None:
        before = self.issuers.get(issuer)
        if before is None and len(self.issuers) >= MOST_VALUES:
            return
        leaves, latest = (before.leaves, before.latest) if before else (0, not_after)
        self.issuers[issuer] = Issued(leaves + 1, max(latest, not_after))


@dataclass(frozen=True)
class SeenNowhere:
    """How many, and the first of them."""

    count: int = 0
    first: tuple[str, ...] = ()

    def adding(self, certificate_id: str) -> "SeenNowhere":
        first = (*self.first, certificate_id) if len(self.first) < SHOWN else self.first
        return SeenNowhere(self.count + 1, first)


@dataclass
class Census:
    """What was counted so far, by `all`, `team#<id>` and `owner#<id>`."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    cas: dict[IssuerName, CaSeen] = field(default_factory=dict)
    seen_nowhere: dict[str, SeenNowhere] = field(default_factory=dict)

    def add(self, certificate: ObservedCertificate, now: datetime) -> None:
        if certificate.facts.is_ca:
            return self._add_ca(certificate)
        for whose in _whose(certificate):
            self.tallies.setdefault(whose, Tally()).add(certificate, now)

    def add_seen_nowhere(self, certificate_id: str, team_id: str, owner_id: str) -> None:
        """Counts a certificate that was issued here, and whose current version no place has."""
        for whose in (ALL, team_key(team_id), owner_key(owner_id)):
            self.seen_nowhere[whose] = self.seen_nowhere.get(whose, SeenNowhere()).adding(certificate_id)

    def _add_ca(self, certificate: ObservedCertificate) -> None:
        name = IssuerName.of_ca(certificate)
        before = self.cas.get(name)
        if before is None and len(self.cas) >= MOST_CAS:
            return
        if before is None or certificate.facts.not_after > before.not_after:
            self.cas[name] = CaSeen(certificate.fingerprint, certificate.facts.not_after)


def team_key(team_id: str) -> str:
    return f"{_TEAM}{team_id}"


def team_of_key(whose: str) -> str | None:
    """The id of the team; None for the whole stack and for owners."""
    return whose.removeprefix(_TEAM) if whose.startswith(_TEAM) else None


def owner_key(owner_id: str) -> str:
    return f"owner#{owner_id}"


def counted(certificate: ObservedCertificate, now: datetime) -> Iterator[tuple[Facet, str, int]]:
    """The facets of one leaf, each with its value and by how much it raises that value's count."""
    yield Facet.STATUS, certificate.status.value, 1
    if not is_in_use(certificate):
        return
    facts, renewer = certificate.facts, renewer_of(certificate)
    yield Facet.TRUST, certificate.trust.value, 1
    yield Facet.RENEWER, renewer.value, 1
    yield Facet.ISSUER, facts.issuer, 1
    yield Facet.KEY, key_name(facts), 1
    yield Facet.SIGNATURE, facts.signature_algorithm, 1
    for trait in traits_of(certificate, now):
        yield Facet.TRAIT, f"{trait.value}/{renewer.value}", 1
    if certificate.trust is Trust.PUBLIC and facts.not_after >= now:
        for limit in (TODAY, *LIMITS):
            yield Facet.RENEWALS, f"{limit}/{renewer.value}", milli_renewals(certificate, limit or None)


def _whose(certificate: ObservedCertificate) -> Iterator[str]:
    yield ALL
    yield team_key(certificate.team_id)
    if certificate.owner_id is not None:
        yield owner_key(certificate.owner_id)
