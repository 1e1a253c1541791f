"""Lists of certificates: one filter chooses an index, the others are applied to its rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.expiry import EXPIRING_DAYS
from certctl.domain.certificates.filters import CertificateFilter, RenewalFilter, may_be_key
from certctl.domain.certificates.search import sought
from certctl.domain.certificates.statuses import Lifecycle, Status
from certctl.domain.filters import given
from certctl.domain.renewal.urgency import (
    SOON,
    RenewalPolicies,
    has_stopped_client,
    is_renewed_by_hand,
    urgency_of,
)
from certctl.domain.sorting import CertificateSort
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.certificates.lists import TEAMS_TOGETHER, CertificateIndexes, first_name
from certctl.store.certificates.search_results import FirstMatches
from certctl.store.paging import Hit, ListPage, Position, Stage, in_order, in_parallel
from certctl.store.reading import read_page

# The end of every range: ten years is past every leaf.
_HORIZON = timedelta(days=3660)
# A scan that started at the end of a month continues in the next one.
_SLACK = timedelta(hours=1)
_EXPIRING = timedelta(days=EXPIRING_DAYS)


@dataclass(frozen=True)
class _Plan:
    """The stages to read, and the filters that they already apply (`teams`: the caller's)."""

    stages: Sequence[Stage]
    settles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CertificateLists:
    indexes: CertificateIndexes
    now: Callable[[], datetime]
    catalog: CachedCatalog

    def page(
        self,
        caller: Principal,
        wanted: CertificateFilter,
        position: Position | None,
        per_page: int,
        sort: CertificateSort | None = None,
    ) -> ListPage[Certificate]:
        """Without a `sort` newest first; by name or soonest expiry if filtered by those. Two sequential
        reads; up to three more while a filter leaves the page short.

        Raises InvalidInput for an unsupported filter or order, and for a position outside this list.
        """
        wanted.check()
        now = self.now()
        teams = caller.team_filter(Permission.CERTIFICATES_READ)
        plan = self._plan(caller, wanted, teams, now, sort)
        asked = given(wanted).keys() | (frozenset() if teams is None else {"teams"})
        # The policies are also those by which the page's urgency is shown: they take no step of their own.
        reading, policies = in_parallel(
            lambda: read_page(plan.stages, position, per_page, all_shown=asked <= plan.settles),
            self.catalog.renewal_policies,
        )

        def shown(found: Hit, certificate: Certificate) -> bool:
            return (
                caller.reaches_team(Permission.CERTIFICATES_READ, certificate.team_id)
                and wanted.matches(certificate, now)
                and _has_renewal(certificate, wanted, policies, now)
                and found_once(found, certificate)
            )

        found_once = _found_once(wanted)
        return reading.page(self.indexes.load, shown)

    def _plan(
        self,
        caller: Principal,
        wanted: CertificateFilter,
        teams: tuple[str, ...] | None,
        now: datetime,
        sort: CertificateSort | None,
    ) -> _Plan:
        if sort is not None:
            wanted.check_order(sort)
        if caller.scope_of(Permission.CERTIFICATES_READ) is None:
            return _Plan(())
        if teams is not None and wanted.team_id is not None and wanted.team_id not in teams:
            return _Plan(())
        if sort is not None:
            plan = self._in_order(sort, wanted, teams, now)
            return _Plan(in_order(sort, plan.stages), plan.settles)
        return (
            self._by_search(wanted)
            or self._by_name(wanted)
            or self._by_passing_status(wanted, now)
            or self._by_urgency(wanted, now)
            or self._by_owner_or_team(wanted)
            or self._by_expiry(wanted, now)
            or self._by_lasting_status(wanted, now)
            or self._by_reach(wanted, teams)
            or _Plan(self.indexes.by_creation(now))
        )

    def _in_order(
        self,
        sort: CertificateSort,
        wanted: CertificateFilter,
        teams: tuple[str, ...] | None,
        now: datetime,
    ) -> _Plan:
        if sort.is_by_expiry:
            first, last = _expiry_bounds(wanted, now)
            if sort is CertificateSort.SOONEST:
                live = self.indexes.soonest_first(first, last, now)
            else:
                live = self.indexes.expiring_last_first(first, last, now)
            return _Plan([*live, *(() if wanted.is_of_live_ones else self.indexes.not_in_force())])
        newest_first = sort is CertificateSort.NEWEST
        merged = teams if teams is None or len(set(teams)) <= TEAMS_TOGETHER else None
        return (
            self._by_owner_or_team(wanted, newest_first=newest_first)
            or self._by_reach(wanted, merged, newest_first=newest_first)
            or _Plan(self.indexes.by_creation(now, newest_first=newest_first))
        )

    def _by_search(self, wanted: CertificateFilter) -> _Plan | None:
        if wanted.search is None:
            return None
        return _Plan(self.indexes.searched(sought(wanted.search)), frozenset({"search"}))

    def _by_name(self, wanted: CertificateFilter) -> _Plan | None:
        """A text that cannot be a name finds none."""
        if wanted.name is None:
            return None
        name = wanted.name_sought
        return _Plan(self.indexes.with_name(name) if may_be_key(name) else ())

    def _by_passing_status(self, wanted: CertificateFilter, now: datetime) -> _Plan | None:
        """Few certificates are in these at any time."""
        match wanted.passing_status:
            case Status.ON_HOLD:
                return _Plan(self.indexes.of_lifecycle(Lifecycle.ON_HOLD), frozenset({"status"}))
            case Status.PENDING | Status.FAILED:
                return _Plan(self.indexes.of_lifecycle(Lifecycle.PENDING))
            case Status.EXPIRING:
                return _Plan(self.indexes.expiring_between(now - _SLACK, now + _EXPIRING))
        return None

    def _by_urgency(self, wanted: CertificateFilter, now: datetime) -> _Plan | None:
        """Few certificates have expired or expire soon."""
        if wanted.renewal is not RenewalFilter.URGENT:
            return None
        return _Plan(self.indexes.soonest_first(*_expiry_bounds(wanted, now), now))

    def _by_owner_or_team(self, wanted: CertificateFilter, *, newest_first: bool = True) -> _Plan | None:
        if wanted.owner_id is not None:
            owned = self.indexes.of_owner(wanted.owner_id, newest_first=newest_first)
            return _Plan(owned, frozenset({"owner_id"}))
        if wanted.team_id is not None:
            of_team = self.indexes.of_teams([wanted.team_id], newest_first=newest_first)
            return _Plan(of_team, frozenset({"team_id", "teams"}))
        return None

    def _by_expiry(self, wanted: CertificateFilter, now: datetime) -> _Plan | None:
        if wanted.renewal in (RenewalFilter.MANUAL, RenewalFilter.ACME_STOPPED):
            return _Plan(self.indexes.soonest_first(*_expiry_bounds(wanted, now), now))
        if wanted.expires_before is None and wanted.expires_after is None:
            return None
        return _Plan(self.indexes.expiring_between(*_expiry_bounds(wanted, now)))

    def _by_lasting_status(self, wanted: CertificateFilter, now: datetime) -> _Plan | None:
        match wanted.status:
            case Status.REVOKED:
                return _Plan(self.indexes.of_lifecycle(Lifecycle.REVOKED), frozenset({"status"}))
            case Status.ARCHIVED:
                return _Plan(self.indexes.of_lifecycle(Lifecycle.ARCHIVED), frozenset({"status"}))
            case Status.EXPIRED:
                return _Plan(self.indexes.expired_before(now))
        return None

    def _by_reach(
        self, wanted: CertificateFilter, teams: tuple[str, ...] | None, *, newest_first: bool = True
    ) -> _Plan | None:
        if teams is not None:
            return _Plan(self.indexes.of_teams(teams, newest_first=newest_first), frozenset({"teams"}))
        if wanted.issuer_id is not None:
            issued = self.indexes.of_issuer(wanted.issuer_id, newest_first=newest_first)
            return _Plan(issued, frozenset({"issuer_id"}))
        return None


def _has_renewal(
    certificate: Certificate, wanted: CertificateFilter, policies: RenewalPolicies, now: datetime
) -> bool:
    """Whether what becomes of its renewal, by its policy, is what the filter asks for."""
    match wanted.renewal:
        case RenewalFilter.URGENT:
            return urgency_of(certificate, policies, now) is not None
        case RenewalFilter.MANUAL:
            return is_renewed_by_hand(certificate, policies, now)
        case RenewalFilter.ACME_STOPPED:
            return has_stopped_client(certificate, now)
    return True


def _expiry_bounds(wanted: CertificateFilter, now: datetime) -> tuple[datetime, datetime]:
    first = wanted.expires_after or datetime.fromtimestamp(0, now.tzinfo)
    last = min(wanted.expires_before or now + _HORIZON, now + _HORIZON)
    if wanted.renewal is RenewalFilter.URGENT:
        last = min(last, now + SOON)
    if wanted.renewal is RenewalFilter.ACME_STOPPED:
        first = max(first, now)
    match wanted.passing_status:
        case Status.EXPIRING:
            return max(first, now - _SLACK), min(last, now + _EXPIRING)
        case Status.EXPIRED:
            return first, min(last, now)
    return first, last


def _found_once(wanted: CertificateFilter) -> Callable[[Hit, Certificate], bool]:
    """The position at which a certificate is shown if its index has several rows of it. A search and a name
    must both match."""
    if wanted.search is not None:
        shown = FirstMatches(sought(wanted.search))
        return lambda found, certificate: _has_name(certificate, wanted) and shown.take(found, certificate)
    if wanted.name is None:
        return lambda found, certificate: True
    return lambda found, certificate: first_name(certificate, wanted.name_sought) == found.position.after


def _has_name(certificate: Certificate, wanted: CertificateFilter) -> bool:
    return wanted.name is None or first_name(certificate, wanted.name_sought) is not None
