"""The indexes by which jobs are listed, as stages for `paging`. Ids sort by time."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import OPEN_STATUSES, JobStatus
from certctl.store.database import Database
from certctl.store.jobs.items import JobItem
from certctl.store.jobs.jobs import JobStore
from certctl.store.paging import IndexRange, Stage, load, months_back, months_since

_ID = "job_id"


class JobIndexes:
    """The indexes of jobs by the time of creation. Every method but `load` only describes what to read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = JobStore(database)

    def load(self, ids: Sequence[str]) -> dict[str, Job]:
        return {job.id: job for job in load(ids, self._jobs.get_many)}

    def by_creation(self, now: datetime, *, newest_first: bool = True) -> list[Stage]:
        span = months_back(now) if newest_first else months_since(now)
        return [self._stage(JobItem.by_month, m, m, newest_first=newest_first) for m in span]

    def of_certificate(self, certificate_id: str, *, newest_first: bool = True) -> list[Stage]:
        return [self._stage(JobItem.by_certificate, certificate_id, "certificate", newest_first=newest_first)]

    def of_agent(self, agent_id: str, *, newest_first: bool = True) -> list[Stage]:
        return [self._stage(JobItem.by_agent, agent_id, "agent", newest_first=newest_first)]

    def of_open_status(self, status: JobStatus, *, newest_first: bool = True) -> list[Stage]:
        """Finished jobs are not in this index."""
        return [self._stage(JobItem.by_status, status.value, status.value, newest_first=newest_first)]

    def open(self, *, newest_first: bool = True) -> list[Stage]:
        """All that have not ended: a few partitions, merged."""
        stages = [
            stage
            for status in OPEN_STATUSES
            for stage in self.of_open_status(status, newest_first=newest_first)
        ]
        return [Stage("open", tuple(read for each in stages for read in each.reads), newest_first)]

    def _stage(self, index: Any, partition: str, name: str, *, newest_first: bool) -> Stage:
        place = IndexRange(index, partition, JobItem.job_id, _ID, newest_first=newest_first)
        return Stage(name, (partial(place.read, self._database),))
