"""Figures of the inventory on the wire."""

from collections.abc import Sequence
from typing import TypedDict

from certctl.api.records import view_of
from certctl.domain.inventory.census.counting import OTHER, Facet
from certctl.domain.inventory.census.figures import ExpiringCa, Figures
from certctl.domain.inventory.census.readiness import (
    ReadinessAct,
    ReadinessRow,
    YearOfRenewals,
    rows_of,
    years_of,
)
from certctl.domain.inventory.census.soonest import ExpiringLeaf
from certctl.domain.inventory.census.traits import CertificateTrait, Renewer
from certctl.domain.inventory.statuses import ObservedStatus, Trust
from certctl.domain.times import from_millis, to_wire

_NEVER = Figures("", from_millis(0))


class NamedCountView(TypedDict):
    """`name` is what certificates say: text that anybody may have written."""

    name: str
    certificates: int


class InventoryDayView(TypedDict):
    day: str
    certificates: int
    in_use: int
    unmanaged: int
    expires_in_30_days: int


class ExpiringCaView(TypedDict):
    """A CA that expires within 90 days, or has expired, before leaves that it issued."""

    fingerprint: str
    subject: str
    not_after: str
    leaves: int


class ExpiringLeafView(TypedDict):
    """`name` is the first that the certificate has: text that anybody may have written."""

    fingerprint: str
    name: str
    not_after: str
    renewer: Renewer


class InventorySummaryView(TypedDict):
    """Counts of leaves, of the time `computed_at`: null before the first count, when all are 0.
    `certificates` and `by_status` are of all leaves; the others of leaves `in_use`: some place has them, and
    they are neither Superseded nor Dismissed."""

    computed_at: str | None
    day: str | None
    team_id: str | None
    owner_id: str | None
    certificates: int
    in_use: int
    by_status: dict[str, int]
    by_trust: dict[str, int]
    by_renewer: dict[str, int]
    by_issuer: list[NamedCountView]
    other_issuers: int
    by_key: list[NamedCountView]
    by_signature: list[NamedCountView]
    traits: dict[str, int]
    trend: list[InventoryDayView]
    seen_nowhere: int
    seen_nowhere_first: list[str]
    expiring_cas: list[ExpiringCaView]
    expiring_next: list[ExpiringLeafView]


class ReadinessRowView(TypedDict):
    """`managed`, `program` and `nobody` tell who renews them; their sum is `certificates`."""

    trait: CertificateTrait
    certificates: int
    managed: int
    program: int
    nobody: int
    acts: list[ReadinessAct]


class RenewalsView(TypedDict):
    """Renewals a year, each after two thirds of a lifetime, of certificates with a path to public roots.
    `limit_days` is null for the lifetimes of today."""

    limit_days: int | None
    since: str | None
    a_year: int
    managed: int
    program: int
    nobody: int


class ReadinessView(TypedDict):
    """`public` are leaves in use with a verified path to public roots, for which limits of lifetimes hold;
    `unverified` those without any verified path."""

    computed_at: str | None
    day: str | None
    team_id: str | None
    owner_id: str | None
    in_use: int
    public: int
    unverified: int
    rows: list[ReadinessRowView]
    renewals: list[RenewalsView]
    expiring_cas: list[ExpiringCaView]


def summary_view(days: Sequence[Figures], team_id: str | None, owner_id: str | None) -> InventorySummaryView:
    """The figures of the last of the days, and how they became so."""
    figures = days[-1] if days else None
    known = figures or _NEVER
    return InventorySummaryView(
        computed_at=to_wire(figures.counted_at) if figures else None,
        day=figures.day if figures else None,
        team_id=team_id,
        owner_id=owner_id,
        certificates=known.certificates,
        in_use=known.in_use,
        by_status={each.value: known.of(Facet.STATUS).get(each.value, 0) for each in ObservedStatus},
        by_trust={each.value: known.of(Facet.TRUST).get(each.value, 0) for each in Trust},
        by_renewer={each.value: known.of(Facet.RENEWER).get(each.value, 0) for each in Renewer},
        by_issuer=_named(known, Facet.ISSUER),
        other_issuers=known.of(Facet.ISSUER).get(OTHER, 0),
        by_key=_named(known, Facet.KEY),
        by_signature=_named(known, Facet.SIGNATURE),
        traits={each.value: sum(known.with_trait(each).values()) for each in CertificateTrait},
        trend=[_day_view(each) for each in days],
        seen_nowhere=known.seen_nowhere.count,
        seen_nowhere_first=list(known.seen_nowhere.first),
        expiring_cas=_cas(known),
        expiring_next=[_leaf_view(each) for each in known.soonest],
    )


def readiness_view(figures: Figures | None, team_id: str | None, owner_id: str | None) -> ReadinessView:
    known = figures or _NEVER
    trust = known.of(Facet.TRUST)
    return ReadinessView(
        computed_at=to_wire(figures.counted_at) if figures else None,
        day=figures.day if figures else None,
        team_id=team_id,
        owner_id=owner_id,
        in_use=known.in_use,
        public=trust.get(Trust.PUBLIC.value, 0),
        unverified=trust.get(Trust.UNKNOWN.value, 0),
        rows=[_row_view(each) for each in rows_of(known)],
        renewals=[_renewals_view(each) for each in years_of(known)],
        expiring_cas=_cas(known),
    )


def _named(figures: Figures, facet: Facet) -> list[NamedCountView]:
    return [NamedCountView(name=name, certificates=count) for name, count in figures.largest(facet)]


def _day_view(figures: Figures) -> InventoryDayView:
    soon = figures.with_trait(CertificateTrait.EXPIRES_IN_30_DAYS)
    return InventoryDayView(
        day=figures.day,
        certificates=figures.certificates,
        in_use=figures.in_use,
        unmanaged=figures.unmanaged,
        expires_in_30_days=sum(soon.values()),
    )


def _row_view(row: ReadinessRow) -> ReadinessRowView:
    return ReadinessRowView(
        trait=row.trait,
        certificates=sum(row.by_renewer.values()),
        managed=row.by_renewer[Renewer.MANAGED],
        program=row.by_renewer[Renewer.PROGRAM],
        nobody=row.by_renewer[Renewer.NOBODY],
        acts=row.acts,
    )


def _renewals_view(year: YearOfRenewals) -> RenewalsView:
    return RenewalsView(
        limit_days=year.limit_days,
        since=year.since.isoformat() if year.since else None,
        a_year=sum(year.by_renewer.values()),
        managed=year.by_renewer[Renewer.MANAGED],
        program=year.by_renewer[Renewer.PROGRAM],
        nobody=year.by_renewer[Renewer.NOBODY],
    )


def _cas(figures: Figures) -> list[ExpiringCaView]:
    return [_ca_view(each) for each in figures.expiring_cas]


def _leaf_view(leaf: ExpiringLeaf) -> ExpiringLeafView:
    return view_of(ExpiringLeafView, leaf)


def _ca_view(ca: ExpiringCa) -> ExpiringCaView:
    return view_of(ExpiringCaView, ca)
