"""Which jobs a caller lists."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from certctl.domain.errors import InvalidInput
from certctl.domain.filters import equals
from certctl.domain.jobs.statuses import JobState, JobStatus, JobType

if TYPE_CHECKING:
    from certctl.domain.jobs.jobs import Job

_LONGEST_ID = 64


@dataclass(frozen=True, kw_only=True)
class JobFilter:
    """Every filter that is set must match. `agent_id`: the agent's open work."""

    status: JobStatus | None = None
    type: JobType | None = None
    certificate_id: str | None = None
    agent_id: str | None = None
    state: JobState | None = None
    team_id: str | None = None
    target_id: str | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        for name in ("certificate_id", "agent_id", "team_id", "target_id"):
            text = getattr(self, name)
            if text is not None and not _is_id(text):
                raise InvalidInput.of(f"query.{name}", f"1 to {_LONGEST_ID} printable ASCII characters")

    def matches(self, job: "Job") -> bool:
        if self.agent_id is not None and job.status.is_terminal:
            return False
        if self.state is not None and job.status.is_terminal is not (self.state is JobState.ENDED):
            return False
        return equals(job, self, other_rules={"state"})


def _is_id(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_ID and text.isascii() and text.isprintable()
