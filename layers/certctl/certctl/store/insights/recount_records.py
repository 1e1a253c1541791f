"""The records that counters count, by the shard that counts them. Indexes only determine which records to
read; those are read consistently."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from pynamodb.models import Model

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.ids import COUNTER_SHARDS, DUE_SHARDS, shard_of
from certctl.domain.insights.counters import certificate_delta, job_delta
from certctl.domain.insights.recounts import DEAD, Figures, figures_of
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.domain.renewal.urgency import may_need_a_person
from certctl.domain.times import month_of
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.items import CertificateItem
from certctl.store.database import ConditionFailed, Database
from certctl.store.insights.counters import last_day_kept
from certctl.store.jobs.items import JobItem
from certctl.store.jobs.jobs import JobStore
from certctl.store.keys import list_key
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.paging import load, months, months_since

_CLOCK_DIFFERENCE = timedelta(minutes=5)
"""Between processes, at most."""


class _Counted(Protocol):
    """A job or a notification."""

    @property
    def id(self) -> str: ...

    @property
    def counted_with(self) -> str: ...


class CountedRecords:
    """The records of one run: caches the ids that it listed, and the shards of the records that it read."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._certificates = CertificateStore(database)
        self._certificate_ids = _CertificateIds(database, now)
        self._jobs = _OfShard(JobStore(database).get_many_now)
        self._notifications = _OfShard(NotificationStore(database).get_many_now)

    def figures(self, shard: int) -> Figures:
        certificates = load(self._certificate_ids.of(shard), self._certificates.get_many_now)
        self._list(certificates)
        found = figures_of(map(certificate_delta, certificates))
        found.update(figures_of(map(job_delta, self._jobs.read(shard, self._open_jobs()))))
        found.update(_dead(self._notifications.read(shard, self._dead_ids())))
        return found

    def _list(self, certificates: Iterable[Certificate]) -> None:
        """Completes an index that rows of earlier releases are not in."""
        for each in certificates:
            if each.ends_at is not None and may_need_a_person(each):
                with suppress(ConditionFailed):
                    self._database.write(self._certificates.listed_step(each))

    def _open_jobs(self) -> Iterator[str]:
        for status in JobStatus:
            if not status.is_terminal:
                rows = _index_rows(self._database, JobItem, "by_status", {"open_status": {"S": status.value}})
                yield from (row["job_id"]["S"] for row in rows)

    def _dead_ids(self) -> Iterator[str]:
        for shard in range(DUE_SHARDS):
            of_shard = {"dead_shard": {"N": str(shard)}}
            rows = _index_rows(self._database, NotificationItem, "by_dead", of_shard)
            yield from (row["notification_id"]["S"] for row in rows)


class _CertificateIds:
    """Ids are never deleted: the first call lists all, later ones only those made since."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._by_shard: dict[int, set[str]] = {shard: set() for shard in range(COUNTER_SHARDS)}
        self._listed_at: datetime | None = None

    def of(self, shard: int) -> Sequence[str]:
        before, latest = self._listed_at, self._now() + _CLOCK_DIFFERENCE
        if before is None:
            self._listed_at = self._now()
            self._list({"list_month": month} for month in months_since(latest))
        else:
            self._list_since(before - _CLOCK_DIFFERENCE, latest)
        return list(self._by_shard[shard])

    def _list_since(self, moment: datetime, latest: datetime) -> None:
        lowest = list_key(moment, "")
        self._list({"list_month": m, "list_key": lowest} for m in months(month_of(moment), month_of(latest)))

    def _list(self, ranges: Iterable[dict[str, str]]) -> None:
        for keys in ranges:
            values = {name: {"S": text} for name, text in keys.items()}
            for row in _index_rows(self._database, CertificateItem, "by_month", values):
                identifier = row["certificate_id"]["S"]
                self._by_shard[shard_of(identifier, COUNTER_SHARDS)].add(identifier)


class _OfShard[R: _Counted]:
    """Records whose shard is known only after reading them; it never changes."""

    def __init__(self, read: Callable[[Sequence[str]], list[R]]) -> None:
        self._read = read
        self._shards: dict[str, int] = {}

    def read(self, shard: int, ids: Iterable[str]) -> list[R]:
        listed = list(ids)
        for record in load([each for each in listed if each not in self._shards], self._read):
            self._shards[record.id] = shard_of(record.counted_with, COUNTER_SHARDS)
        return load([each for each in listed if self._shards.get(each) == shard], self._read)


def _dead(rows: Iterable[Notification]) -> Figures:
    ends = (row.kept_until for row in rows if row.status is NotificationStatus.DEAD)
    return Counter((last_day_kept(end), DEAD) for end in ends if end)


def _index_rows(
    database: Database, model: type[Model], index: str, keys: Mapping[str, dict[str, str]]
) -> Iterator[Mapping[str, Any]]:
    """The rows of an index, from the sort key on if one is given after the partition key."""
    conditions = [f"#k{i} {'>=' if i else '='} :k{i}" for i in range(len(keys))]
    return database.raw_query(
        model,
        IndexName=index,
        KeyConditionExpression=" AND ".join(conditions),
        ExpressionAttributeNames={f"#k{i}": name for i, name in enumerate(keys)},
        ExpressionAttributeValues={f":k{i}": value for i, value in enumerate(keys.values())},
    )
