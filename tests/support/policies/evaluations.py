"""Evaluations of policies, over a database."""

from collections.abc import Callable
from datetime import datetime

from certctl.store.database import Database
from certctl.store.insights.counters import CounterStore
from certctl.store.jobs.jobs import JobStore
from certctl.store.policies.states import PolicyStateStore
from certctl.unit_of_work.policies.evaluations import PolicyEvaluations


def evaluations_in(database: Database, now: Callable[[], datetime]) -> PolicyEvaluations:
    return PolicyEvaluations(JobStore(database), PolicyStateStore(database), CounterStore(database, now))
