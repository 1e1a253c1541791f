"""Bulk revocations on the wire."""

from typing import Annotated, Self, TypedDict

from pydantic import BaseModel, Field, model_validator

from certctl.api.certificates.schemas import CertificateView, ProfileId
from certctl.api.records import STRICT, RecordId
from certctl.api.revocation.schemas import Ticket
from certctl.api.times import Moment
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.bulk import MAX_NAMED, Selection, selectors
from certctl.domain.revocation.reasons import require_reason
from certctl.domain.revocation.requests import RevocationRequest


class BulkRevokeBody(BaseModel):
    """All given filters must match; status and environment only narrow what the others choose. `cursor` and
    `per_page` are for a dry run."""

    model_config = STRICT

    reason: str
    invalidity_date: Moment | None = None
    ticket: Ticket | None = None
    certificate_ids: Annotated[list[RecordId], Field(min_length=1, max_length=MAX_NAMED)] | None = None
    # fields of certificate: selection body
    owner_id: RecordId | None = None
    team_id: RecordId | None = None
    issuer_id: RecordId | None = None
    profile_id: ProfileId | None = None
    environment: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    # end of fields
    agent_id: Annotated[str | None, Field(description="Refused: no certificate belongs to an agent.")] = None
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
        chosen = {name: getattr(self, wire) for wire, name in selectors().items()}
        ids = tuple(sorted(set(self.certificate_ids or ())))
        return Selection(certificate_ids=ids, status=self.status, **chosen)

    @property
    def wanted(self) -> RevocationRequest:
        """Raises InvalidInput that lists what is allowed."""
        return RevocationRequest(require_reason(self.reason), self.invalidity_date, ticket=self.ticket)


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
