"""The indexes by which certificates are listed, as stages for `paging`."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any

from pynamodb.attributes import Attribute

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.search import SearchTerm
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.times import from_wire, month_of, to_wire
from certctl.store import keys
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.items import CertificateItem, NameItem
from certctl.store.certificates.search_rows import search_ranges
from certctl.store.database import Database
from certctl.store.paging import (
    AFTER_ALL,
    FIRST_MONTH,
    Chunk,
    IndexRange,
    Row,
    Stage,
    bad_cursor,
    load,
    months,
    months_back,
    months_since,
)

TEAMS_TOGETHER = 8
_ID = "certificate_id"
_MONTHS_AROUND = 6


class CertificateIndexes:
    """Every method but `load` only describes what to read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._certificates = CertificateStore(database)

    def load(self, ids: Sequence[str]) -> dict[str, Certificate]:
        return {c.id: c for c in load(ids, self._certificates.get_many)}

    def by_creation(self, now: datetime, *, newest_first: bool = True) -> list[Stage]:
        """All."""
        span = months_back(now) if newest_first else months_since(now)
        return [self._stage(m, _created(CertificateItem.by_month, m, newest_first)) for m in span]

    def of_ids(self, certificate_ids: Sequence[str]) -> list[Stage]:
        """The certificates given by id, in the order of their ids, whether they exist or not."""
        return [Stage("ids", (partial(_named, sorted(set(certificate_ids))),))]

    def of_owner(self, owner_id: str, *, newest_first: bool = True) -> list[Stage]:
        return [self._stage("owner", _created(CertificateItem.by_owner, owner_id, newest_first))]

    def of_issuer(self, issuer_id: str, *, newest_first: bool = True) -> list[Stage]:
        return [self._stage("issuer", _created(CertificateItem.by_issuer, issuer_id, newest_first))]

    def of_teams(self, team_ids: Sequence[str], *, newest_first: bool = True) -> list[Stage]:
        """The certificates of teams, in order over up to TEAMS_TOGETHER; for more teams, one such list after
        the other."""
        groups = batched(sorted(set(team_ids)), TEAMS_TOGETHER, strict=False)
        ranges = [[_created(CertificateItem.by_team, t, newest_first) for t in group] for group in groups]
        return [self._stage(f"teams-{number}", *group) for number, group in enumerate(ranges)]

    def of_lifecycle(self, lifecycle: Lifecycle) -> list[Stage]:
        """Last changed first. Of Active ones the index has those that `may_need_a_person`."""
        return [Stage(lifecycle.value, (partial(self._in_lifecycle, lifecycle),))]

    def expiring_between(self, first: datetime, last: datetime) -> list[Stage]:
        """Live ones that expire between these, soonest first. An expired one is live until it is ended."""
        span = months(max(month_of(first), FIRST_MONTH), month_of(last))
        return [self._in_expiry_month(month, first, last, newest_first=False) for month in span]

    def soonest_first(self, first: datetime, last: datetime, now: datetime) -> list[Stage]:
        """The certificates of `expiring_between`, in few stages: the months around `now`, in which most
        expire, have one each; the months before them are one stage, and so are those after them, so that no
        page is spent on a month without certificates."""
        near = _months_around(now)
        past, later = month_of(first), month_of(last)
        before = [m for m in months(max(past, FIRST_MONTH), later) if m < near[0]]
        after = [m for m in months(max(past, FIRST_MONTH), later) if m > near[-1]]
        around = [m for m in near if past <= m <= later]
        return [
            *self._expiring_together("past", before, first, last),
            *(self._in_expiry_month(m, first, last, newest_first=False) for m in around),
            *self._expiring_together("later", after, first, last),
        ]

    def not_in_force(self) -> list[Stage]:
        """All that an order by expiry does not have: never issued, on hold, revoked, archived."""
        ended = (Lifecycle.PENDING, Lifecycle.ON_HOLD, Lifecycle.REVOKED, Lifecycle.ARCHIVED)
        return [stage for lifecycle in ended for stage in self.of_lifecycle(lifecycle)]

    def expiring_last_first(self, first: datetime, last: datetime, now: datetime) -> list[Stage]:
        """The same in reverse. Everything after the next year is one stage: few months of the following years
        contain any, and none is worth a page of its own."""
        span = list(months(max(month_of(first), FIRST_MONTH), month_of(last)))[::-1]
        far_year = f"{now.year + 2}"
        far = [_expiry_range(m, first, last, newest_first=True) for m in span if m >= far_year]
        near = [self._in_expiry_month(m, first, last, newest_first=True) for m in span if m < far_year]
        return [self._stage(f"expiry-{far_year}", *far), *near] if far else near

    def expired_before(self, now: datetime) -> list[Stage]:
        """Live ones that have expired, the last one first."""
        long_ago = datetime.fromtimestamp(0, now.tzinfo)
        return [self._in_expiry_month(m, long_ago, now, newest_first=True) for m in months_back(now)]

    def expired_together(self, now: datetime) -> list[Stage]:
        """The certificates of `expired_before`, all months in one stage: a query for each month since the
        first release."""
        months_of_it = self.expired_before(now)
        return [Stage("expired", tuple(read for month in months_of_it for read in month.reads))]

    def with_name(self, text: str) -> list[Stage]:
        """Certificates by name: for a domain, all names in it; else the names that begin with `text`, from
        the zone's length on. A certificate is found once for each of its names."""
        prefix = keys.reversed_name(text)
        place = IndexRange(
            NameItem,
            keys.name_zone(text),
            NameItem.name_key,
            _ID,
            lowest=prefix,
            highest=prefix + AFTER_ALL,
            newest_first=False,
        )
        return [self._stage("names", place)]

    def searched(self, sought: SearchTerm) -> list[Stage]:
        """The certificates in the order of the matching texts. A certificate is found once for each of its
        texts and versions."""
        ranges = search_ranges(sought)
        return [self._stage("search", *ranges)] if ranges else []

    def _in_expiry_month(self, month: str, first: datetime, last: datetime, *, newest_first: bool) -> Stage:
        place = _expiry_range(month, first, last, newest_first=newest_first)
        return self._stage(f"expiry-{month}", place)

    def _expiring_together(
        self, name: str, span: Sequence[str], first: datetime, last: datetime
    ) -> list[Stage]:
        ranges = [_expiry_range(m, first, last, newest_first=False) for m in span]
        return [self._stage(f"expiry-{name}", *ranges)] if ranges else []

    def _stage(self, name: str, *ranges: IndexRange) -> Stage:
        reads = tuple(partial(r.read, self._database) for r in ranges)
        return Stage(name, reads, newest_first=ranges[0].newest_first)

    def _in_lifecycle(self, lifecycle: Lifecycle, after: str, limit: int) -> Chunk:
        """A bulk revocation changes many in one second, so the position is time and id."""
        start = _lifecycle_key(lifecycle, after) if after else None
        page = self._database.query(
            CertificateItem.by_lifecycle, lifecycle.value, limit=limit, start=start, newest_first=True
        )
        rows = [Row(i.certificate_id, keys.list_key(_changed(i), i.certificate_id)) for i in page.items]
        return Chunk(rows, page.last_key is not None)


def first_name(certificate: Certificate, text: str) -> str | None:
    """The key of the first of its names that a search for `text` finds, so that it is shown there only."""
    zone, prefix = keys.name_zone(text), keys.reversed_name(text)
    names = (n for n in certificate.search_names if keys.name_zone(n) == zone)
    found = (keys.name_key(n, certificate.id) for n in names if keys.reversed_name(n).startswith(prefix))
    return min(found, default=None)


def _named(certificate_ids: Sequence[str], after: str, limit: int) -> Chunk:
    left = certificate_ids[bisect_right(certificate_ids, after) :]
    return Chunk([Row(identifier, identifier) for identifier in left[:limit]], len(left) > limit)


def _created(index: Any, partition: str, newest_first: bool) -> IndexRange:
    list_key: Attribute[str] = CertificateItem.list_key
    return IndexRange(index, partition, list_key, _ID, newest_first=newest_first)


def _expiry_range(month: str, first: datetime, last: datetime, *, newest_first: bool) -> IndexRange:
    return IndexRange(
        CertificateItem.by_expiry,
        month,
        CertificateItem.expiry_key,
        _ID,
        lowest=to_wire(first),
        highest=to_wire(last) + AFTER_ALL,
        newest_first=newest_first,
    )


def _months_around(now: datetime) -> list[str]:
    """Last month, this one, and the next four: as many as one page reads at once."""
    first = now.replace(day=1) - timedelta(days=1)
    return list(months(month_of(first), month_of(first + timedelta(days=5 * 31))))[:_MONTHS_AROUND]


def _changed(item: CertificateItem) -> datetime:
    changed_at: datetime = item.changed_at
    return changed_at


def _lifecycle_key(lifecycle: Lifecycle, place: str) -> dict[str, Any]:
    """The raw key that DynamoDB would have returned for this position. Raises InvalidInput."""
    changed_at, _, certificate_id = place.partition("#")
    try:
        from_wire(changed_at)
    except ValueError as error:
        raise bad_cursor() from error
    if not certificate_id:
        raise bad_cursor()
    texts = {
        "lifecycle": lifecycle.value,
        "changed_at": changed_at,
        _ID: certificate_id,
        "record": keys.CERTIFICATE,
    }
    return {name: {"S": text} for name, text in texts.items()}
