"""Which CRLs a run publishes, and in which order (docs/revocation.md#how-crls-are-made)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.sharding import joined_by
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import NotFound
from certctl.domain.insights.margins import USED_UP, Cause
from certctl.domain.status.editions import SPACING, is_to_be_joined, spacing_of
from certctl.domain.status.nudges import CrlNudge
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.paging import in_parallel
from certctl.unit_of_work.status.crl_publishing import CrlPublication

RUN = timedelta(seconds=60)
_LONGEST_CRL = timedelta(seconds=15)
"""The largest takes 8 s. None begins with less of the run left."""
_LOOKS_AT_OBJECTS_EVERY = 15
"""Minutes."""
_LONGEST_WAIT = timedelta(minutes=1)
"""After this time the schedule has run."""
_NEVER = datetime.min.replace(tzinfo=UTC)

Again = Callable[[CrlNudge, timedelta], None]
"""Sends a nudge after a delay, best effort."""
_IsReplaced = Callable[[CrlShard], bool]


@dataclass(frozen=True)
class CrlFailure:
    ca_id: str
    shard: str
    reason: str


@dataclass
class CrlRun:
    """The CRLs that one run published, and those that failed: one failure never stops the others. `left` are
    those that it had no time to begin."""

    published: list[CrlShard] = field(default_factory=list)
    failed: list[CrlFailure] = field(default_factory=list)
    left: list[CrlShard] = field(default_factory=list)

    @property
    def causes(self) -> list[Cause]:
        return [_unpublished(ca_id) for ca_id in {failure.ca_id for failure in self.failed}]


def _unpublished(ca_id: str) -> Cause:
    return Cause(f"publishing/{ca_id}", USED_UP, f"CRLs of {ca_id} cannot be published")


@dataclass(frozen=True)
class _Waiting:
    """A CRL that is due; `since` orders them."""

    authority: Authority
    shard: CrlShard
    since: datetime
    spacing: timedelta

    @property
    def may_begin_at(self) -> datetime:
        return self.shard.published_at + self.spacing if self.shard.published_at else _NEVER

    @property
    def nudge(self) -> CrlNudge:
        return CrlNudge(self.shard.ca_id, self.shard.shard, self.since)


@dataclass(frozen=True)
class CrlRuns:
    """`spacing` is the least time between two editions of one CRL."""

    authorities: AuthorityStore
    publication: CrlPublication
    again: Again
    now: Callable[[], datetime]
    spacing: timedelta = SPACING

    def publish_due(self, time_left: timedelta = RUN) -> CrlRun:
        """Every CRL of every issuing CA that is not retired, if it is due: at each change, and every 15
        minutes if the object is not the one that was put."""
        is_time = self.now().minute % _LOOKS_AT_OBJECTS_EVERY == 0
        is_replaced = self.publication.is_replaced if is_time else _is_trusted
        return self._run(self._published(), is_replaced, time_left)

    def publish_due_of(self, ca_id: str, time_left: timedelta = RUN) -> CrlRun:
        """Publishes the due CRLs of one CA. Raises NotFound if no such CA signs CRLs of leaves."""
        authority = self.authorities.get(ca_id)
        if authority is None or not _is_published(authority):
            raise NotFound(f"There is no issuing CA {ca_id} that publishes CRLs.")
        return self._run([authority], self.publication.is_replaced, time_left)

    def publish_nudged(self, nudges: Sequence[CrlNudge], time_left: timedelta = RUN) -> CrlRun:
        """The due ones of those that are named, the oldest change first, and those of their CAs that join
        others."""
        run, deadline = CrlRun(), self._deadline(time_left)
        since = _oldest(nudges)
        authorities = [a for a in self._published() if any(ca_id == a.ca_id for ca_id, _ in since)]
        waiting = list[_Waiting]()
        for authority in authorities:
            named = [s for s in self._alone(authority) if (s.ca_id, s.shard) in since]
            waiting += self._due(run, authority, named, _is_trusted)
        self._publish(run, deadline, [replace(w, since=since[w.shard.ca_id, w.shard.shard]) for w in waiting])
        self._join_each(run, deadline, authorities, _is_trusted)
        return run

    def _run(
        self, authorities: Sequence[Authority], is_replaced: _IsReplaced, time_left: timedelta
    ) -> CrlRun:
        run, deadline = CrlRun(), self._deadline(time_left)
        waiting = list[_Waiting]()
        for authority in authorities:
            waiting += self._due(run, authority, self._alone(authority), is_replaced)
        self._publish(run, deadline, waiting)
        self._join_each(run, deadline, authorities, is_replaced)
        return run

    def _deadline(self, time_left: timedelta) -> datetime:
        return self.now() + time_left - _LONGEST_CRL

    def _published(self) -> list[Authority]:
        return [authority for authority in self.authorities.all() if _is_published(authority)]

    def _alone(self, authority: Authority) -> list[CrlShard]:
        """The CRLs of a CA that join no other."""
        shards = self.authorities.shards(authority.ca_id)
        return [shard for shard in shards if shard.is_numbered and not joined_by(shard, shards)]

    def _due(
        self, run: CrlRun, authority: Authority, shards: Iterable[CrlShard], is_replaced: _IsReplaced
    ) -> list[_Waiting]:
        """Reads the counters of all shards at once: one run each minute waits for them."""
        asked = list(shards)
        due = in_parallel(*[partial(self._is_due, run, authority, shard, is_replaced) for shard in asked])
        found = [shard for shard, is_due in zip(asked, due, strict=True) if is_due]
        return [_Waiting(authority, shard, _last_published(shard), self.spacing) for shard in found]

    def _is_due(self, run: CrlRun, authority: Authority, shard: CrlShard, is_replaced: _IsReplaced) -> bool:
        is_due = False
        with _noting_failure(run, shard):
            is_due = self.publication.is_due(authority, shard) or is_replaced(shard)
        return is_due

    def _join_each(
        self, run: CrlRun, deadline: datetime, authorities: Iterable[Authority], is_replaced: _IsReplaced
    ) -> None:
        """After those that they join: first a complete CRL, which leaves name, then `all`."""
        for authority in authorities:
            shards = self.authorities.shards(authority.ca_id)
            complete = [each for each in shards if each.is_numbered and joined_by(each, shards)]
            for shard in complete:
                self._join(run, deadline, authority, shard, joined_by(shard, shards), is_replaced)
            if complete:
                shards = self.authorities.shards(authority.ca_id)
            for shard in (each for each in shards if not each.is_numbered):
                self._join(run, deadline, authority, shard, joined_by(shard, shards), is_replaced)

    def _join(
        self,
        run: CrlRun,
        deadline: datetime,
        authority: Authority,
        shard: CrlShard,
        joined: Sequence[CrlShard],
        is_replaced: _IsReplaced,
    ) -> None:
        """Publishes a CRL that joins others: at once for its own leaves; for those of the others as often as
        their number allows."""
        with _noting_failure(run, shard):
            is_urgent = self.publication.has_changed(shard) or is_replaced(shard)
            if is_urgent or is_to_be_joined(shard, joined):
                spacing = self.spacing if is_urgent else spacing_of(joined, self.spacing)
                self._publish(run, deadline, [_Waiting(authority, shard, _last_published(shard), spacing)])

    def _publish(self, run: CrlRun, deadline: datetime, waiting: Iterable[_Waiting]) -> None:
        """Publishes the waiting CRLs. Those that are early, or that there is no time for, are nudged
        again."""
        for each in sorted(waiting, key=_since):
            now = self.now()
            if now >= deadline:
                run.left.append(each.shard)
                self.again(each.nudge, timedelta(seconds=1))
            elif (wait := each.may_begin_at - now) > timedelta(0):
                self._nudge_later(each.nudge, wait)
            else:
                self._publish_one(run, each)

    def _nudge_later(self, nudge: CrlNudge, wait: timedelta) -> None:
        if wait <= _LONGEST_WAIT:
            self.again(nudge, wait)

    def _publish_one(self, run: CrlRun, each: _Waiting) -> None:
        with _noting_failure(run, each.shard):
            after = self.publication.publish(each.authority, each.shard)
            run.published.extend([after] if after else [])


@contextmanager
def _noting_failure(run: CrlRun, shard: CrlShard) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        logger.exception("a CRL was not published", extra={"crl_url": shard.url})
        run.failed.append(CrlFailure(shard.ca_id, shard.shard, str(error)))


def _oldest(nudges: Iterable[CrlNudge]) -> dict[tuple[str, str], datetime]:
    """Since when each CRL's oldest change waits."""
    latest_first = sorted(nudges, key=_since, reverse=True)
    return {nudge.place: nudge.since for nudge in latest_first}


def _since(each: CrlNudge | _Waiting) -> datetime:
    return each.since


def _last_published(shard: CrlShard) -> datetime:
    """The changes that its next edition adds are no older."""
    return shard.published_at or shard.this_update or _NEVER


def _is_published(authority: Authority) -> bool:
    return authority.role == "issuing" and authority.state is not AuthorityState.RETIRED


def _is_trusted(_: CrlShard) -> bool:
    """Counts no object as replaced, for runs that do not look at the objects."""
    return False
