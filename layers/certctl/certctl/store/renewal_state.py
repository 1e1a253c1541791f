"""What the renewal schedule keeps for itself: policies whose certificates are to be planned anew, and when it
ran last."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from certctl.domain.timestamps import from_millis, to_millis
from certctl.store.database import Database
from certctl.store.items_shared import StateItem
from certctl.store.keys import RENEWAL_REPLAN, RENEWAL_RUN
from certctl.store.steps import Step, delete, put, update

_LAST_RUN = "last"
_MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Replan:
    """Certificates of this renewal policy up to the referrer `after` are planned anew already. `token` is
    that of the edit: a later one starts over."""

    policy_id: str
    token: str
    marked_at: datetime
    after: str | None


class ReplanStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def mark_step(self, policy_id: str, now: datetime) -> Step:
        """For the transaction that edits or deletes the policy."""
        return put(StateItem(RENEWAL_REPLAN, policy_id, owner=uuid4().hex, amount=to_millis(now)))

    def waiting(self) -> list[Replan]:
        """The first hundred; the others wait for these."""
        page = self._database.query(StateItem, RENEWAL_REPLAN, limit=_MOST_AT_ONCE, consistent=True)
        return [
            Replan(row.id, str(row.owner), from_millis(int(row.amount or 0)), row.body) for row in page.items
        ]

    def advance_step(self, replan: Replan, after: str) -> Step:
        """Refused where the policy was edited meanwhile."""
        row = StateItem(RENEWAL_REPLAN, replan.policy_id)
        return update(row, [StateItem.body.set(after)], StateItem.owner == replan.token)

    def done_step(self, replan: Replan) -> Step:
        """Refused as `advance_step`."""
        return delete(StateItem(RENEWAL_REPLAN, replan.policy_id), StateItem.owner == replan.token)


class RenewalRunStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self) -> datetime | None:
        row = self._database.get(StateItem, RENEWAL_RUN, _LAST_RUN)
        return None if row is None or row.amount is None else from_millis(int(row.amount))

    def note(self, now: datetime) -> None:
        self._database.write(put(StateItem(RENEWAL_RUN, _LAST_RUN, amount=to_millis(now))))
