"""How many refusals of one source were recorded in an hour: a shared bound on what a flood can write."""

from datetime import datetime, timedelta

from certctl.store.database import ConditionFailed, Database
from certctl.store.items_shared import StateItem
from certctl.store.keys import AUDIT_SAMPLES
from certctl.store.steps import update


class AuditSampleStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, source: str, limit: int, now: datetime) -> bool:
        """Whether one more of this source may be recorded in this hour."""
        row = StateItem(AUDIT_SAMPLES, f"{source}#{now:%Y-%m-%dT%H}")
        kept_until = int((now + timedelta(hours=2)).timestamp())
        actions = [StateItem.amount.add(1), StateItem.delete_after.set(kept_until)]
        try:
            # the condition lets the first one make the row
            self._database.write(
                update(row, actions, StateItem.amount.does_not_exist() | (StateItem.amount < limit))
            )
        except ConditionFailed:
            return False
        return True
