"""The subject of an audit event."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from certctl.domain.certificates.certificates import Certificate
    from certctl.domain.jobs.jobs import Job


@dataclass(frozen=True)
class Resource:
    """`team_id` is None for a resource without a team."""

    type: str
    id: str
    team_id: str | None = None


def certificate_resource(certificate: "Certificate") -> Resource:
    return Resource("certificate", certificate.id, certificate.team_id)


def job_resource(job: "Job") -> Resource:
    return Resource("job", job.id, job.team_id)
