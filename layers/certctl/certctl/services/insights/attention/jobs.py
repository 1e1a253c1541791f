"""Jobs that wait for a person: for an approval or for a signing request."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.urgencies import Urgency
from certctl.domain.insights.attention import (
    CSR_PATIENCE,
    AttentionItem,
    AttentionKind,
    AttentionLine,
)
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.services.insights.attention.census import counted, filtered, rows_of
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.jobs.lists import JobIndexes

_READ = Permission.JOBS_READ


@dataclass(frozen=True)
class JobAttention:
    indexes: JobIndexes
    certificates: CertificateIndexes

    def awaiting_approval(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        return self._awaiting(AttentionKind.AWAITING_APPROVAL, JobStatus.AWAITING_APPROVAL, caller)

    def awaiting_csr(self, caller: Principal, now: datetime) -> list[AttentionLine]:
        """Once the oldest has waited longer than an agent needs. Shows when the certificates expire, which
        takes a third round trip."""
        lines = self._awaiting(AttentionKind.AWAITING_CSR, JobStatus.AWAITING_CSR, caller)
        late = [line for line in lines if line.since is None or line.since <= now - CSR_PATIENCE]
        return [replace(line, worst=self._with_ends(line.worst)) for line in late]

    def _with_ends(self, items: tuple[AttentionItem, ...]) -> tuple[AttentionItem, ...]:
        ids = {each.certificate_id for each in items if each.certificate_id is not None}
        ends = {each.id: each.expires_at for each in self.certificates.load(sorted(ids)).values()}
        return tuple(replace(each, expires_at=_end_of(each, ends)) for each in items)

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


def _end_of(item: AttentionItem, ends: Mapping[str, datetime | None]) -> datetime | None:
    return ends.get(item.certificate_id) if item.certificate_id is not None else None


def _item(job: Job) -> AttentionItem:
    name = job.certificate_name or job.certificate_id or job.id
    return AttentionItem(job.id, name, job.created_at, job.type, job.last_error or "", job.certificate_id)
