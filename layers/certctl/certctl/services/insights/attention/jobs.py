"""Jobs that wait for a person: for an approval or for a signing request."""

from dataclasses import dataclass
from datetime import datetime

from certctl.domain.access.permissions import Permission, Principal
from certctl.domain.insights.attention import (
    CSR_PATIENCE,
    AttentionItem,
    AttentionKind,
    AttentionLine,
    Urgency,
)
from certctl.domain.jobs.jobs import Job, JobStatus
from certctl.services.insights.attention.census import counted, filtered, rows_of
from certctl.store.jobs.lists import JobIndexes

_READ = Permission.JOBS_READ


@dataclass(frozen=True)
class JobAttention:
    indexes: JobIndexes

    def awaiting_approval(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        return self._awaiting(AttentionKind.AWAITING_APPROVAL, JobStatus.AWAITING_APPROVAL, caller)

    def awaiting_csr(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """Once the oldest has waited longer than an agent needs."""
        lines = self._awaiting(AttentionKind.AWAITING_CSR, JobStatus.AWAITING_CSR, caller)
        return [line for line in lines if line.since is None or line.since <= now - CSR_PATIENCE]

    def _awaiting(self, kind: AttentionKind, status: JobStatus, caller: Principal) -> list[AttentionLine]:
        scan = rows_of(self.indexes.of_open_status(status, newest_first=False))
        census = (
            counted(scan, self.indexes.load)
            if caller.team_filter(_READ) is None
            else filtered(scan, self.indexes.load, lambda job: caller.reaches_team(_READ, job.team_id))
        )
        if census.count == 0:
            return []
        worst = tuple(map(_item, census.first))
        since = worst[0].at if worst else None
        return [AttentionLine(kind, Urgency.NOTICE, census.count, worst, since, census.is_complete)]


def _item(job: Job) -> AttentionItem:
    name = job.certificate_name or job.certificate_id or job.id
    return AttentionItem(job.id, name, job.created_at, job.type, job.last_error or "", job.certificate_id)
