"""Evaluations of policies, over a database."""

from certctl.store.database import Database
from certctl.store.jobs.jobs import JobStore
from certctl.store.policies.states import PolicyStateStore
from certctl.unit_of_work.policies.evaluations import PolicyEvaluations


def evaluations_in(database: Database) -> PolicyEvaluations:
    return PolicyEvaluations(JobStore(database), PolicyStateStore(database))
