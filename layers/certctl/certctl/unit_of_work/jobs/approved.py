"""Whether what a job would issue is still what its approvals were asked for."""

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import FieldProblem, InvalidInput
from certctl.domain.jobs.jobs import Job


def changes_since_asked(job: Job, certificate: Certificate) -> list[FieldProblem]:
    changed = job.changed_since_asked(certificate)
    return [FieldProblem(name, f"{name} has changed since the approval was asked for") for name in changed]


def require_unchanged(job: Job, certificate: Certificate) -> None:
    """Raises InvalidInput that names what has changed."""
    changed = changes_since_asked(job, certificate)
    if changed:
        raise InvalidInput("What would be issued is not what the approval was asked for.", changed)
