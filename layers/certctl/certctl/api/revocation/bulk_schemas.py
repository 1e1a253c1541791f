"""Bulk revocations on the wire."""

from typing import Annotated, Self, TypedDict

from pydantic import BaseModel, ConfigDict, Field, model_validator

from certctl.api.certificates.schemas import CertificateView
from certctl.api.times import Moment
from certctl.domain.certificates.certificates import Status
from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.bulk import MAX_NAMED, Selection
from certctl.domain.revocation.revocations import RevocationRequest, require_reason

_RecordId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")]


class BulkRevokeBody(BaseModel):
    """All given filters must match; status and environment only narrow what the others choose. `cursor` and
    `per_page` are for a dry run."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    reason: str
    invalidity_date: Moment | None = None
    certificate_ids: Annotated[list[_RecordId], Field(min_length=1, max_length=MAX_NAMED)] | None = None
    owner_id: _RecordId | None = None
    team_id: _RecordId | None = None
    issuer_id: _RecordId | None = None
    profile_id: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    agent_id: Annotated[str | None, Field(description="Refused: no certificate belongs to an agent.")] = None
    environment: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    status: Status | None = None
    dry_run: Annotated[bool, Field(description="Only list what would be revoked.")] = False
    cursor: Annotated[str, Field(max_length=2048)] | None = None
    per_page: Annotated[int, Field(ge=1, le=500)] | None = None

    @model_validator(mode="after")
    def _paged_only_to_look(self) -> Self:
        if not self.dry_run and (self.cursor is not None or self.per_page is not None):
            raise ValueError("cursor and per_page are for a dry run; the job revokes all of them")
        return self

    @property
    def selection(self) -> Selection:
        """Raises InvalidInput for a filter that could match nothing."""
        if self.agent_id is not None:
            raise InvalidInput.of("agent_id", "no certificate belongs to an agent; choose by another filter")
        return Selection(
            certificate_ids=tuple(sorted(set(self.certificate_ids or ()))),
            owner_id=self.owner_id,
            team_id=self.team_id,
            issuer_id=self.issuer_id,
            certificate_profile_id=self.profile_id,
            environment=self.environment,
            status=self.status,
        )

    @property
    def wanted(self) -> RevocationRequest:
        """Raises InvalidInput that lists what is allowed."""
        return RevocationRequest(require_reason(self.reason), self.invalidity_date)


class BulkRevocationStartedView(TypedDict):
    """`GET /api/v1/jobs/{job_id}` returns the progress."""

    job_id: str


class BulkRevocationPreviewView(TypedDict):
    """`certificate_ids` may be short or even empty with a `next_cursor`: continue. `certificates` are the
    records of the same ids, in the same order."""

    certificate_ids: list[str]
    certificates: list[CertificateView]
    next_cursor: str | None
    per_page: int
