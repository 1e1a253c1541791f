"""Tools that read certificates, jobs and counts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

from certctl_client.api import operations
from certctl_client.api.resources import Stack
from certctl_client.api.schema import Status as CertificateStatus
from certctl_client.commands.options import given
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.marking import fresh_marking
from certctl_client.mcp.models import Certificate, CertificatePage, Job, Summary
from certctl_client.mcp.pages import Page, page_of
from certctl_client.times import wire

Name = Annotated[
    str | None,
    Field(
        max_length=256,
        description="A domain, which matches all names in it, or a full name. Otherwise use search.",
    ),
]
Search = Annotated[
    str | None,
    Field(
        max_length=1024,
        description=(
            "The beginning of a label of a name (sso finds sso.example.com), of a word of the"
            " display name, of an id or tag, of a serial of any version, or of a SHA-256 fingerprint."
        ),
    ),
]
Days = Annotated[
    int | None, Field(ge=1, le=3650, description="Expiring within so many days, and not expired yet.")
]


@dataclass(frozen=True)
class ReadingCertificates:
    stack: Stack

    def list_certificates(
        self,
        status: CertificateStatus | None = None,
        search: Search = None,
        name: Name = None,
        expires_within_days: Days = None,
        team_id: OptionalId = None,
        owner_id: OptionalId = None,
        issuer_id: OptionalId = None,
        environment: Annotated[str | None, Field(max_length=64)] = None,
        limit: Limit = PAGE,
        cursor: Cursor = None,
    ) -> CertificatePage:
        """Certificates, newest first, a page at a time."""
        filters = given(
            status=status,
            search=search,
            name=name,
            team_id=team_id,
            owner_id=owner_id,
            issuer_id=issuer_id,
            environment=environment,
            **_expiring(expires_within_days),
        )
        page = page_of(self.stack.api, operations.LIST_CERTIFICATES, filters, limit, cursor)
        marking = fresh_marking()
        return CertificatePage(
            notice=marking.notice,
            certificates=[presenting.listed_certificate(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
            hint=_hint(page, name),
        )

    def get_certificate(self, certificate_id: Id) -> Certificate:
        """One certificate, with all of its names."""
        record, marking = self.stack.certificates.get(certificate_id), fresh_marking()
        return Certificate(notice=marking.notice, certificate=presenting.certificate(marking, record))

    def get_job(self, job_id: Id) -> Job:
        """One job: an issuance, a renewal, a deployment. Its status says how it ended."""
        record, marking = self.stack.jobs.get(job_id), fresh_marking()
        return Job(notice=marking.notice, job=presenting.job(marking, record))

    def get_summary(self) -> Summary:
        """Counts of certificates, jobs, agents and dead notifications: a good first look."""
        return presenting.summary(self.stack.insights.summary())


def _hint[Record](page: Page[Record], name: str | None) -> str | None:
    if page.incomplete:
        return "Older certificates are still being indexed: a certificate that is not found may exist."
    if name is not None and not page.records and page.next_cursor is None:
        return "No certificate has this name or is in this domain. Use search for the beginning of a name."
    return None


def _expiring(days: int | None) -> dict[str, str]:
    if days is None:
        return {}
    now = datetime.now(UTC)
    return {"expires_after": wire(now), "expires_before": wire(now + timedelta(days=days))}
