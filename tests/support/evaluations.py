"""Evaluations of policies, over a database."""

from collections.abc import Callable
from datetime import datetime

from certctl.store.counters import CounterStore
from certctl.store.database import Database
from certctl.store.jobs import JobStore
from certctl.store.policy_evaluations import PolicyEvaluations
from certctl.store.policy_states import PolicyStateStore


def evaluations_in(database: Database, now: Callable[[], datetime]) -> PolicyEvaluations:
    return PolicyEvaluations(JobStore(database), PolicyStateStore(database), CounterStore(database, now))
