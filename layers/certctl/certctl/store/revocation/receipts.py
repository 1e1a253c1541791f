"""Receipts of revocations: attributes of the revocation's row, and the index of those that are due.

status_watch writes these attributes alone, and only to rows whose `due_at` is the one that it read: it can
neither make a revocation nor remove one, and a hold that ended concurrently gets no receipt.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from certctl.domain.status.looks import DueRevocation, Observation, Sighting, Way
from certctl.store.database import ConditionFailed, Database
from certctl.store.keys import ca_shard
from certctl.store.revocation.items import RevocationItem
from certctl.store.revocation.revocations import is_revocation
from certctl.store.writes import update

_PAGE = 500
_SEEN_AT = {Way.CRL: RevocationItem.crl_seen_at, Way.OCSP: RevocationItem.ocsp_seen_at}


class ReceiptStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, ca_id: str, shard: str, until: datetime, limit: int) -> list[DueRevocation]:
        """At most `limit` of one CRL, revoked until then, the oldest first. Without those of the last second,
        perhaps: the index follows the rows."""
        return list(islice(self._due(ca_id, shard, until), limit))

    def _due(self, ca_id: str, shard: str, until: datetime) -> Iterator[DueRevocation]:
        index, start = RevocationItem.by_receipt, None
        while True:
            page = self._database.query(
                index, ca_shard(ca_id, shard), RevocationItem.due_at <= until, limit=_PAGE, start=start
            )
            yield from (_due_revocation(ca_id, shard, item) for item in page.items)
            if page.last_key is None:
                return
            start = page.last_key

    def record(self, observation: Observation) -> bool:
        """False if another look was first, or the revocation is gone: nothing was written."""
        row = observation.revocation
        as_read: Condition = RevocationItem.due_at == row.due_at
        for sighting in observation.sightings:
            as_read &= _SEEN_AT[sighting.way].does_not_exist()
        actions = [action for each in observation.sightings for action in _actions(each, row.due_at)]
        if observation.is_complete:
            actions.append(RevocationItem.due_at.remove())
        try:
            key = RevocationItem(ca_shard(row.ca_id, row.shard), row.serial)
            self._database.write(update(key, actions, as_read))
        except ConditionFailed:
            return False
        return True

    def close(self, row: DueRevocation) -> bool:
        """Ends a receipt that has all its sightings: two looks at once that saw one way each both took the
        other's for missing. False if it was no longer due: nothing was written."""
        return self._ended(row, [])

    def expired(self, rows: Sequence[DueRevocation], now: datetime) -> list[DueRevocation]:
        """The rows whose certificate has expired. At most 100 rows are one round trip: the index does not say
        when a certificate ends."""
        keys = [(ca_shard(row.ca_id, row.shard), row.serial) for row in rows]
        items = filter(is_revocation, self._database.batch_get(RevocationItem, keys))
        ended = {(item.ca_shard, item.serial) for item in items if item.not_after <= now}
        return [row for row, key in zip(rows, keys, strict=True) if key in ended]

    def end(self, row: DueRevocation, now: datetime) -> bool:
        """Ends the receipt of a revocation whose certificate expired before all was seen. False if the
        receipt was no longer due: nothing was written."""
        return self._ended(row, [RevocationItem.expired_unseen_at.set(now)])

    def _ended(self, row: DueRevocation, actions: Sequence[Action]) -> bool:
        key = RevocationItem(ca_shard(row.ca_id, row.shard), row.serial)
        ending = [*actions, RevocationItem.due_at.remove()]
        try:
            self._database.write(update(key, ending, RevocationItem.due_at == row.due_at))
        except ConditionFailed:
            return False
        return True


def _due_revocation(ca_id: str, shard: str, item: RevocationItem) -> DueRevocation:
    return DueRevocation(
        ca_id,
        shard,
        item.serial,
        item.due_at,
        item.crl_seen_at,
        item.ocsp_seen_at,
        bool(item.ocsp_sampled_out),
    )


def _actions(seen: Sighting, revoked_at: datetime) -> list[Action]:
    values = {
        f"{seen.way}_seen_at": seen.seen_at,
        f"{seen.way}_seconds": seen.seconds_after(revoked_at),
        f"{seen.way}_unseen_at": seen.unseen_at,
        f"{seen.way}_sha256": seen.sha256,
        "crl_number": seen.crl_number,
    }
    attributes = RevocationItem.get_attributes()
    return [attributes[name].set(value) for name, value in values.items() if value is not None]
