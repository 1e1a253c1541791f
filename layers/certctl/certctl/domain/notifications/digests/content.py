"""What a weekly digest contains: a few lists of one owner or team, each with its number and first rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from certctl.domain.catalog.record_kinds import DEFAULT_OWNER, Kind
from certctl.domain.certificates.filters import CertificateFilter, RenewalFilter
from certctl.domain.inventory.endpoints.requests import EndpointFilter
from certctl.domain.inventory.filters import ObservedFilter, SourceFilter
from certctl.domain.inventory.statuses import ObservedStatus
from certctl.domain.notifications.digests.settings import DigestList

MOST_ROWS = 20
"""Rows of all lists of a digest together."""
AHEAD = timedelta(days=30)
_JUST_EXPIRED = timedelta(days=7)


@dataclass(frozen=True)
class Addressee:
    """The owner or team whose digest it is. The default owner's has what nobody owns."""

    kind: Kind
    id: str
    name: str
    team_id: str
    """An owner's team; a team's own id."""

    @property
    def key(self) -> str:
        """`owner:o-1` or `team:t-1`, as in the ids of routing rules."""
        return f"{self.kind.value}:{self.id}"

    @property
    def is_owner(self) -> bool:
        return self.kind is Kind.OWNER

    @property
    def owner_id(self) -> str | None:
        return self.id if self.is_owner else None

    @property
    def of_team(self) -> str | None:
        """The team whose lists these are; None for an owner's."""
        return None if self.is_owner else self.id

    @property
    def gets_unowned(self) -> bool:
        return self.id == DEFAULT_OWNER and self.is_owner


@dataclass(frozen=True)
class DigestRow:
    """One record of a list. `at` is when it expires or expired, the finding was raised, or the source was
    last heard of. Ids are empty if there are none."""

    id: str
    name: str
    at: datetime | None
    note: str = ""
    owner_id: str = ""
    team_id: str = ""


@dataclass(frozen=True)
class DigestSection:
    """`count` is that of the whole list, a lower bound if not `is_complete`; `rows` are its first ones."""

    list: DigestList
    count: int
    rows: tuple[DigestRow, ...]
    is_complete: bool = True

    @property
    def unnamed(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Digest:
    """Sections without records are left out."""

    addressee: Addressee
    made_at: datetime
    sections: tuple[DigestSection, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return not self.sections

    @property
    def until(self) -> datetime:
        """The end of the time that it looks ahead."""
        return self.made_at + AHEAD

    @property
    def names_wanted(self) -> frozenset[tuple[Kind, str]]:
        """The owners and teams that its rows refer to."""
        rows = [row for section in self.sections for row in section.rows]
        places = [(Kind.OWNER, row.owner_id) for row in rows] + [(Kind.TEAM, row.team_id) for row in rows]
        return frozenset(place for place in places if place[1])


@dataclass(frozen=True)
class DigestFilters:
    """The filters of the API's lists that show what each section counts."""

    addressee: Addressee
    made_at: datetime

    @property
    def expiring(self) -> CertificateFilter:
        return CertificateFilter(
            owner_id=self.addressee.owner_id,
            team_id=self.addressee.of_team,
            renewal=RenewalFilter.MANUAL,
            expires_after=self.made_at - _JUST_EXPIRED,
            expires_before=self.made_at + AHEAD,
        )

    @property
    def unmanaged(self) -> ObservedFilter:
        return replace(
            self._expiring_unmanaged, owner_id=self.addressee.owner_id, team_id=self.addressee.of_team
        )

    @property
    def unowned(self) -> ObservedFilter:
        return replace(self._expiring_unmanaged, is_owned=False)

    @property
    def endpoints(self) -> EndpointFilter:
        return EndpointFilter(self.addressee.of_team, self.addressee.owner_id, has_findings=True)

    @property
    def sources(self) -> SourceFilter:
        return SourceFilter(team_id=self.addressee.of_team, is_silent=True)

    @property
    def _expiring_unmanaged(self) -> ObservedFilter:
        return ObservedFilter(ObservedStatus.UNMANAGED, expires_before=self.made_at + AHEAD)


def soonest_first(rows: Iterable[DigestRow], now: datetime) -> list[DigestRow]:
    """Rows that expire next first; then those that have expired, the last one first."""
    return sorted(rows, key=lambda row: (row.at is None or row.at <= now, abs((row.at or now) - now)))


def fitted(sections: Sequence[DigestSection]) -> tuple[DigestSection, ...]:
    """The sections that have records, with MOST_ROWS rows in all: each section gets an equal share, and what
    one does not need goes to the others."""
    some = [section for section in sections if section.count]
    shares = _shares([len(section.rows) for section in some], MOST_ROWS)
    return tuple(replace(each, rows=each.rows[:share]) for each, share in zip(some, shares, strict=True))


def _shares(wanted: Sequence[int], room: int) -> list[int]:
    shares = [0] * len(wanted)
    while room and (open_ := [n for n, most in enumerate(wanted) if shares[n] < most]):
        for number in open_[:room]:
            shares[number] += 1
            room -= 1
    return shares
