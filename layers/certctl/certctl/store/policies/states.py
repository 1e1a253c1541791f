"""The state of each policy beside its record: its latest evaluation, and its number of open violations."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.store.database import Database
from certctl.store.keys import POLICY_STATE
from certctl.store.policies.items import PolicyStateItem
from certctl.store.writes import Write, delete, update

_MOST = 1000


@dataclass(frozen=True)
class PolicyState:
    """`begun` and `ended` are of the evaluation `job_id`; `open` violations exist. No alert was sent yet of
    the `untold` ones that evaluations began."""

    policy_id: str
    job_id: str | None
    open: int
    begun: int
    ended: int
    untold: int


class PolicyStateStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, policy_id: str) -> PolicyState | None:
        row = self._database.get(PolicyStateItem, POLICY_STATE, policy_id, consistent=True)
        return _state(row) if row else None

    def all(self) -> dict[str, PolicyState]:
        """The states of all policies, by policy."""
        page = self._database.query(PolicyStateItem, POLICY_STATE, limit=_MOST)
        return {row.id: _state(row) for row in page.items}

    def attach_step(self, policy_id: str, job_id: str) -> Write:
        """Makes the job the policy's evaluation; an earlier one has no effect any more."""
        actions = [
            PolicyStateItem.job_id.set(job_id),
            PolicyStateItem.begun.set(0),
            PolicyStateItem.ended.set(0),
            PolicyStateItem.open.add(0),
        ]
        return update(PolicyStateItem(POLICY_STATE, policy_id), actions)

    def count_step(self, policy_id: str, change: int) -> Write:
        return update(PolicyStateItem(POLICY_STATE, policy_id), [PolicyStateItem.open.add(change)])

    def evaluated_step(self, policy_id: str, job_id: str, begun: int, ended: int) -> Write:
        """Refused with ChangedMeanwhile if the job is not the policy's evaluation any more."""
        actions = [
            PolicyStateItem.open.add(begun - ended),
            PolicyStateItem.begun.add(begun),
            PolicyStateItem.ended.add(ended),
            PolicyStateItem.untold.add(begun),
        ]
        same = PolicyStateItem.job_id == job_id
        return update(PolicyStateItem(POLICY_STATE, policy_id), actions, same)

    def notified_step(self, policy_id: str, job_id: str) -> Write:
        same = PolicyStateItem.job_id == job_id
        return update(PolicyStateItem(POLICY_STATE, policy_id), [PolicyStateItem.untold.set(0)], same)

    def forget_step(self, policy_id: str, job_id: str) -> Write:
        """After the policy was deleted."""
        return delete(PolicyStateItem(POLICY_STATE, policy_id), PolicyStateItem.job_id == job_id)


def job_ids(states: Sequence[PolicyState]) -> list[str]:
    return [state.job_id for state in states if state.job_id is not None]


def _state(row: PolicyStateItem) -> PolicyState:
    counts = (int(count or 0) for count in (row.open, row.begun, row.ended, row.untold))
    return PolicyState(row.id, row.job_id, *counts)
