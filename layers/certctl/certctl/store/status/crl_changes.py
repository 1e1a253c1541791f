"""Counters of changes to a CRL shard: the publisher learns from them, without a nudge, that a rebuild is
due."""

from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import counter_row, crl_changes
from certctl.store.writes import Write, update


class CrlChangeStore:
    """16 rows for each shard of each CA, so that concurrent revocations rarely conflict. The sum only
    rises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bump_step(self, ca_id: str, shard: int | str, spread_by: str) -> Write:
        """Counts a change in the transaction that revokes or ends a hold. One per shard and transaction
        suffices."""
        row = StateItem(crl_changes(ca_id, shard), counter_row(shard_of(spread_by, COUNTER_SHARDS)))
        return update(row, [StateItem.amount.add(1)])  # no condition: the first change creates the row

    def total(self, ca_id: str, shard: int | str) -> int:
        """One consistent query. Read it BEFORE the revocations: a change in between then costs one more CRL;
        in the other order it would be lost."""
        page = self._database.query(
            StateItem, crl_changes(ca_id, shard), limit=COUNTER_SHARDS, consistent=True
        )
        return sum(int(row.amount) for row in page.items)
