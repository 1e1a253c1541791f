"""Serials of revocations that the tables lack after a restore. By the row of a serial the OCSP responder
finds the shard of its revocation; until each has one, a mark makes the responder look in every shard."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import batched

from certctl.domain.authorities.authorities import CrlShard
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.database import Database
from certctl.store.issuing.serials import SerialStore
from certctl.store.paging import in_parallel
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.status.ocsp_recovery import RecoveryMark

_BUDGET = timedelta(seconds=60)
_MARKED = timedelta(days=7)
"""After a restore that nobody repeats, the responder still becomes cheap again."""
_READ = 100
_AT_ONCE = 8


@dataclass(frozen=True)
class LostSerialsRun:
    """Not `complete`: it ran out of time."""

    stored: int
    complete: bool


@dataclass(frozen=True)
class LostSerials:
    database: Database
    now: Callable[[], datetime]

    @cached_property
    def _authorities(self) -> AuthorityStore:
        return AuthorityStore(self.database)

    @cached_property
    def _revocations(self) -> RevocationStore:
        return RevocationStore(self.database)

    @cached_property
    def _serials(self) -> SerialStore:
        return SerialStore(self.database)

    @cached_property
    def _mark(self) -> RecoveryMark:
        return RecoveryMark(self.database)

    def expect(self) -> None:
        """From now on serials may be missing."""
        self._mark.put(self.now() + _MARKED)

    def store_missing(self) -> LostSerialsRun:
        """Stores the missing serials of all CAs that are not retired. Once a run is complete, none is
        expected any more. Idempotent. Raises Unavailable."""
        stored, until = 0, self.now() + _BUDGET
        for shard, serials in self._revoked():
            if self.now() >= until:
                return LostSerialsRun(stored, complete=False)
            stored += self._store(shard, serials)
        self._mark.remove()
        if stored:
            logger.info("stored serials of revocations that were missing", extra={"count": stored})
        return LostSerialsRun(stored, complete=True)

    def _revoked(self) -> Iterator[tuple[CrlShard, Sequence[str]]]:
        for authority in self._authorities.all():
            for shard in self._authorities.numbered_shards(authority.ca_id):
                marks = self._revocations.marks_of(shard.ca_id, shard.shard)
                for some in batched(marks, _READ * _AT_ONCE, strict=False):
                    yield shard, [mark.serial_number for mark in some]

    def _store(self, shard: CrlShard, serials: Sequence[str]) -> int:
        parts = batched(serials, _READ, strict=False)
        found = in_parallel(*[partial(self._serials.find_many, shard.ca_id, part) for part in parts])
        known = set[str]().union(*found)
        lost = [(shard.ca_id, int(shard.shard), serial) for serial in serials if serial not in known]
        steps = map(self._serials.restored_step, self._revocations.find_many(lost).values())
        return sum(self._serials.store_unless_present([step]) for step in steps)
