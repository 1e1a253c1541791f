"""Publishes CRLs (docs/revocation.md#how-crls-are-made). Any number of publishers may run at once."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.connectors.aws.objects import Objects
from certctl.crypto.status.crl import CrlSummary
from certctl.domain.authorities.authorities import ALL_SHARD, Authority, CrlShard, object_key
from certctl.domain.authorities.sharding import joined_by
from certctl.domain.errors import Conflict, NotFound, Unavailable
from certctl.domain.status.editions import is_to_be_renewed
from certctl.domain.status.publications import PublishedCrl, named
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.status.crl_changes import CrlChangeStore
from certctl.store.status.crl_log import CrlLog
from certctl.unit_of_work.status.crl_editions import Built, CrlEditions

_TRIES = 6
_PAUSE_SECONDS = 0.2
_CONTENT_TYPE = "application/pkix-crl"
_CACHE_CONTROL = "public, max-age=30"


@dataclass(frozen=True)
class CrlPublication:
    """One CRL at a time; `CrlRuns` decides which."""

    authorities: AuthorityStore
    changes: CrlChangeStore
    log: CrlLog
    objects: Objects
    editions: CrlEditions
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep

    def publish_if_due(self, authority: Authority, shard: str) -> CrlShard | None:
        """Publishes a CRL that joins no other. None if the published one is still valid, or another publisher
        made a valid one concurrently. Raises CrlInvalid, Unavailable."""
        observed = self._shard(authority.ca_id, shard)
        is_due = self.is_due(authority, observed) or self.is_replaced(observed)
        return self.publish(authority, observed) if is_due else None

    def is_due(self, authority: Authority, observed: CrlShard) -> bool:
        """Whether a CRL that joins no other is due, by its record and the counters: without a request to S3
        for each of up to 128 shards."""
        return is_to_be_renewed(authority.role, observed, self.now()) or self.has_changed(observed)

    def has_changed(self, observed: CrlShard) -> bool:
        """Whether revocations of its own shard have changed since; `all` has no shard of its own."""
        if not observed.is_numbered:
            return False
        return observed.changes != self.changes.total(observed.ca_id, observed.shard)

    def is_replaced(self, observed: CrlShard) -> bool:
        """Whether its object is another one than was recorded: it was tampered with, or a publisher stopped
        between put and record."""
        return self.objects.etag(object_key(observed.url)) != observed.etag

    def publish(self, authority: Authority, observed: CrlShard) -> CrlShard | None:
        """One that is due. None if another publisher made a valid one concurrently. Raises CrlInvalid,
        Unavailable."""
        content = self._content(observed)
        return self._until_first(lambda: self._next_unless_done(authority, observed, content))

    def publish_now(self, authority: Authority, shard: str) -> CrlShard:
        """Raises CrlInvalid, Unavailable."""
        return self._until_first(lambda: self._next(authority, self._shard(authority.ca_id, shard)))

    def _next_unless_done(
        self, authority: Authority, observed: CrlShard, content: "_Content"
    ) -> CrlShard | None:
        """Changes after the start of this run are left to another run: otherwise concurrent changes might
        never end."""
        latest = self._shard(observed.ca_id, observed.shard)
        if latest.crl_number > observed.crl_number and content.is_in(latest):
            return None
        return self._next(authority, latest)

    def _next(self, authority: Authority, before: CrlShard) -> CrlShard:
        """Order matters. The object's ETag is read before the records, the counters and the revocations, so
        that the publisher whose put succeeds has read nothing older than the CRL that it replaces. The
        counters are read before the revocations, so that a change in between makes the record differ. Raises
        Conflict if another publisher was first."""
        key = object_key(before.url)
        stored = self.objects.get(key)
        began, content = self.now(), self._content(before)
        built = self.editions.next(authority, before, content.joined, stored, began)
        if stored and built.unrecorded:
            self.log.add(_unrecorded(before, built.unrecorded, stored.modified_at))
        # A number that was announced is never used twice (docs/revocation.md#when-a-revocation-is-public).
        self.authorities.announce(before, built.head.number)
        etag = self.objects.put(
            key, built.der, _CONTENT_TYPE, _CACHE_CONTROL, stored.etag if stored else None
        )
        after = replace(
            before,
            crl_number=built.head.number,
            etag=etag,
            this_update=built.head.this_update,
            next_update=built.head.next_update,
            changes=content.changes,
            joins=content.joins,
            joined_changes=content.joined_changes,
            entries=built.entries,
            published_at=self.now(),
        )
        self.log.add(_logged(after, built, began))
        self._record(after)
        return after

    def _shard(self, ca_id: str, shard: str) -> CrlShard:
        found = self.authorities.shard(ca_id, shard)
        if found is None:
            raise NotFound(f"There is no CRL shard {shard} of {ca_id}.")
        return found

    def _content(self, shard: CrlShard) -> "_Content":
        """What a CRL contains that is made now. A shard that is not complete joins no other: then no more
        than its counters is read."""
        if not shard.is_numbered:
            joined = joined_by(shard, self.authorities.shards(shard.ca_id))
            return _Content(sum(each.covered for each in joined), joined)
        changes = self.changes.total(shard.ca_id, shard.shard)
        if not shard.complete:
            return _Content(changes)
        joined = joined_by(shard, self.authorities.shards(shard.ca_id))
        return _Content(changes, joined, len(joined), sum(each.covered for each in joined))

    def _until_first[T](self, attempt: Callable[[], T]) -> T:
        """Starts over from the other's CRL if another publisher was first."""
        for lost in range(1, _TRIES + 1):
            try:
                return attempt()
            except Conflict:
                self.sleep(_PAUSE_SECONDS * lost * random.random())  # noqa: S311  # spreads publishers
        raise Unavailable(f"The CRL was published by others {_TRIES} times concurrently.")

    def _record(self, after: CrlShard) -> None:
        """After the put and the log. A crash before it is repaired: the ETag then differs, and one more CRL
        is published, whose publisher logs this one if that is missing."""
        for _ in range(_TRIES):
            stored = self._shard(after.ca_id, after.shard)
            if stored.crl_number >= after.crl_number:
                return
            try:
                return self.authorities.advance_shard(after, stored)
            except Conflict:
                continue


@dataclass(frozen=True)
class _Content:
    """The sums of the change counters that a CRL covers, as its record has them, and the records of those
    that it joins."""

    changes: int
    joined: Sequence[CrlShard] = ()
    joins: int = 0
    joined_changes: int = 0

    def is_in(self, latest: CrlShard) -> bool:
        covers = latest.changes >= self.changes and latest.joined_changes >= self.joined_changes
        return covers and latest.joins >= self.joins


def _unrecorded(before: CrlShard, found: CrlSummary, published_at: datetime) -> PublishedCrl:
    """The row of a CRL whose publisher may have stopped before it could write its own. `before` is the record
    of a predecessor: the reading for it began later than that was published. What it adds is unknown."""
    return PublishedCrl(
        ca_id=before.ca_id,
        shard=before.shard,
        crl_number=found.number,
        began=before.published_at or found.this_update,
        published_at=published_at,
        this_update=found.this_update,
        entries=found.listing.digest.count,
    )


def _logged(after: CrlShard, built: Built, began: datetime) -> PublishedCrl:
    """`all` says no more than the shards that it joins, whose reading began before."""
    is_joined = after.shard == ALL_SHARD
    return PublishedCrl(
        ca_id=after.ca_id,
        shard=after.shard,
        crl_number=after.crl_number,
        began=built.head.this_update if is_joined else began,
        published_at=after.published_at or began,
        this_update=built.head.this_update,
        entries=built.entries,
        added=named(built.added),
    )
