"""The indexes by which jobs are listed, as stages for `listing.walk`. Ids sort by time."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from certctl.domain.jobs import Job, JobStatus
from certctl.store.database import Database
from certctl.store.items import JobItem
from certctl.store.jobs import JobStore
from certctl.store.listing import IndexRange, Stage, load, months_back

_ID = "job_id"


class JobIndexes:
    """Newest first, all of them. Every method but `load` only says what to read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = JobStore(database)

    def load(self, ids: Sequence[str]) -> dict[str, Job]:
        return {job.id: job for job in load(ids, self._jobs.get_many)}

    def by_creation(self, now: datetime) -> list[Stage]:
        return [self._stage(JobItem.by_month, month, month) for month in months_back(now)]

    def of_certificate(self, certificate_id: str) -> list[Stage]:
        return [self._stage(JobItem.by_certificate, certificate_id, "certificate")]

    def of_agent(self, agent_id: str) -> list[Stage]:
        return [self._stage(JobItem.by_agent, agent_id, "agent")]

    def of_open_status(self, status: JobStatus) -> list[Stage]:
        """Finished jobs are in no such index."""
        return [self._stage(JobItem.by_status, status.value, status.value)]

    def _stage(self, index: Any, partition: str, name: str) -> Stage:
        place = IndexRange(index, partition, JobItem.job_id, _ID)
        return Stage(name, (partial(place.read, self._database),))
