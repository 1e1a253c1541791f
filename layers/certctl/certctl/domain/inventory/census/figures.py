"""The figures of one day, of the whole stack, a team or an owner: what is kept of a count."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from certctl.domain.inventory.census.counting import (
    ALL,
    OTHER,
    SHOWN,
    CaSeen,
    Census,
    Counts,
    Facet,
    Issued,
    IssuerName,
    SeenNowhere,
    Tally,
    team_of_key,
)
from certctl.domain.inventory.census.soonest import SOONEST, ExpiringLeaf
from certctl.domain.inventory.census.traits import CertificateTrait, Renewer
from certctl.domain.inventory.statuses import ObservedStatus

LARGEST = 20
"""Values of a facet that are kept: the largest; the others together."""
CA_WARNING = timedelta(days=90)
_OPEN_FACETS = (Facet.ISSUER, Facet.KEY, Facet.SIGNATURE)
"""The maker of a certificate chooses their values."""


@dataclass(frozen=True)
class ExpiringCa:
    """A CA that expires soon, or has expired, before leaves that it issued."""

    fingerprint: str
    subject: str
    not_after: datetime
    leaves: int


@dataclass(frozen=True)
class EndingCa:
    """A CA as in `ExpiringCa`, with the end of the last of its leaves. `team_id` is the team of the leaves,
    empty if they are of several."""

    fingerprint: str
    subject: str
    not_after: datetime
    leaves: int
    latest: datetime
    team_id: str


@dataclass(frozen=True)
class Figures:
    """`counted_at` is when the count began: all of it is of that time."""

    day: str
    counted_at: datetime
    counts: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)
    expiring_cas: tuple[ExpiringCa, ...] = ()
    seen_nowhere: SeenNowhere = field(default_factory=SeenNowhere)
    soonest: tuple[ExpiringLeaf, ...] = ()

    @property
    def certificates(self) -> int:
        return sum(self.of(Facet.STATUS).values())

    @property
    def in_use(self) -> int:
        return sum(self.of(Facet.RENEWER).values())

    @property
    def unmanaged(self) -> int:
        return self.of(Facet.STATUS).get(ObservedStatus.UNMANAGED.value, 0)

    def of(self, facet: Facet) -> Mapping[str, int]:
        return self.counts.get(facet, {})

    def largest(self, facet: Facet) -> list[tuple[str, int]]:
        """The values with the highest counts first, without OTHER."""
        named = ((value, count) for value, count in self.of(facet).items() if value != OTHER)
        return sorted(named, key=lambda each: (-each[1], each[0]))

    def with_trait(self, trait: CertificateTrait) -> dict[Renewer, int]:
        found = self.of(Facet.TRAIT)
        return {renewer: found.get(f"{trait.value}/{renewer.value}", 0) for renewer in Renewer}

    def renewals(self, limit_days: int) -> dict[Renewer, int]:
        """Renewals a year, rounded."""
        found = self.of(Facet.RENEWALS)
        return {r: round(found.get(f"{limit_days}/{r.value}", 0) / 1000) for r in Renewer}


def figures_of(census: Census, day: str, counted_at: datetime) -> dict[str, Figures]:
    """The figures of the whole stack, and of each team and owner with certificates."""
    whose = {ALL, *census.tallies, *census.seen_nowhere}
    return {each: _figures(census, each, day, counted_at) for each in sorted(whose)}


def ending_cas(census: Census, now: datetime) -> list[EndingCa]:
    """All CAs that expire soon, or have expired, before leaves that they issued; the soonest first."""
    whole, found = census.tallies.get(ALL, Tally()), list[EndingCa]()
    for issuer, issued in whole.issuers.items():
        ca = census.cas.get(issuer)
        if ca is not None and _ends_before(ca, issued, now):
            team_id = _only_team(census, issuer)
            found.append(
                EndingCa(ca.fingerprint, issuer.name, ca.not_after, issued.leaves, issued.latest, team_id)
            )
    return sorted(found, key=lambda each: (each.not_after, each.fingerprint))


def together(parts: Sequence[Figures]) -> Figures | None:
    """The sum of the figures of several teams on one day."""
    if len(parts) <= 1:
        return parts[0] if parts else None
    counts: Counts = defaultdict(Counter)
    for part in parts:
        for facet, values in part.counts.items():
            counts[facet].update(values)
    nowhere = [part.seen_nowhere for part in parts]
    first = [each for one in nowhere for each in one.first][:SHOWN]
    return Figures(
        parts[0].day,
        parts[0].counted_at,
        counts,
        tuple(_merged([ca for part in parts for ca in part.expiring_cas])),
        SeenNowhere(sum(each.count for each in nowhere), tuple(first)),
        tuple(sorted(each for part in parts for each in part.soonest)[:SOONEST]),
    )


def _figures(census: Census, whose: str, day: str, counted_at: datetime) -> Figures:
    tally = census.tallies.get(whose, Tally())
    counts = {facet: _cut(facet, values) for facet, values in tally.counts.items()}
    cas = _soonest(_expiring(tally, census.cas, counted_at))
    nowhere = census.seen_nowhere.get(whose, SeenNowhere())
    return Figures(day, counted_at, counts, tuple(cas), nowhere, tuple(tally.soonest))


def _cut(facet: Facet, values: Counter[str]) -> Counter[str]:
    if facet not in _OPEN_FACETS:
        return values
    named = Counter({value: count for value, count in values.items() if value != OTHER})
    kept = Counter(dict(sorted(named.items(), key=lambda each: (-each[1], each[0]))[:LARGEST]))
    rest = values.total() - kept.total()
    return kept + Counter({OTHER: rest})


def _expiring(tally: Tally, cas: Mapping[IssuerName, CaSeen], now: datetime) -> Iterator[ExpiringCa]:
    for issuer, issued in tally.issuers.items():
        ca = cas.get(issuer)
        if ca is not None and _ends_before(ca, issued, now):
            yield ExpiringCa(ca.fingerprint, issuer.name, ca.not_after, issued.leaves)


def _ends_before(ca: CaSeen, issued: Issued, now: datetime) -> bool:
    return ca.not_after <= now + CA_WARNING and ca.not_after < issued.latest


def _only_team(census: Census, issuer: IssuerName) -> str:
    teams = [whose for whose, tally in census.tallies.items() if issuer in tally.issuers]
    found = [team for team in map(team_of_key, teams) if team is not None]
    return found[0] if len(found) == 1 else ""


def _merged(cas: Iterable[ExpiringCa]) -> list[ExpiringCa]:
    leaves: Counter[str] = Counter()
    by_fingerprint: dict[str, ExpiringCa] = {}
    for ca in cas:
        leaves[ca.fingerprint] += ca.leaves
        by_fingerprint[ca.fingerprint] = ca
    found = by_fingerprint.values()
    return _soonest(
        ExpiringCa(each.fingerprint, each.subject, each.not_after, leaves[each.fingerprint]) for each in found
    )


def _soonest(cas: Iterable[ExpiringCa]) -> list[ExpiringCa]:
    return sorted(cas, key=lambda ca: (ca.not_after, ca.fingerprint))[:SHOWN]
