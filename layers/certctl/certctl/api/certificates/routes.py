"""Routes that read, edit and archive a certificate."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.certificates.details import CertificateDetailsView
from certctl.api.certificates.schemas import (
    CertificateEditBody,
    VersionView,
    version_view,
)
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content, text
from certctl.domain.access.permissions import Permission
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.reasons import require_reason
from certctl.domain.revocation.requests import TICKET_PATTERN, RevocationRequest

if TYPE_CHECKING:
    # not at import: they load cryptography, which lists do not need
    from certctl.api.certificates.views import CertificateViews
    from certctl.domain.revocation.campaigns import CampaignOfCertificate
    from certctl.services.certificates.certificates import Certificates
    from certctl.services.certificates.reading import CertificateReads
    from certctl.services.status.revocations import RevocationPublications
    from certctl.unit_of_work.revoking import Revoking

_ONE = "/api/v1/certificates/<certificate_id>"
_TAGS = ["certificates"]
_PEM = "application/x-pem-file"


def add_certificate_routes(
    api: Api,
    certificates: "Callable[[], Certificates]",
    reads: "Callable[[], CertificateReads]",
    publications: "Callable[[], RevocationPublications]",
    views: "Callable[[], CertificateViews]",
) -> None:
    """Callers see and change the certificates of their teams."""

    @api.get(_ONE, Permission.CERTIFICATES_READ, summary="Read a certificate", tags=_TAGS)
    def get_certificate(certificate_id: str) -> CertificateDetailsView:
        return _details(*reads().get_with_campaigns(api.caller, certificate_id))

    @api.put(_ONE, Permission.CERTIFICATES_WRITE, summary="Edit a certificate's record", tags=_TAGS)
    def edit_certificate(certificate_id: str, body: CertificateEditBody) -> CertificateDetailsView:
        edit = body.parsed(expected_revision(api.call.headers))
        edited = certificates().edit(api.caller, certificate_id, edit)
        return _details(edited, reads().campaigns_of(edited))

    def _details(
        certificate: Certificate, campaigns: "Sequence[CampaignOfCertificate]"
    ) -> CertificateDetailsView:
        plan, publication = reads().plan_of(certificate), publications().of(certificate)
        client = reads().client_of(certificate)
        view = views().details(certificate, plan, publication, campaigns, client)
        return api.at_revision(certificate.revision, view)

    @api.get(
        f"{_ONE}/versions",
        Permission.CERTIFICATES_READ,
        summary="List its versions, newest first",
        tags=_TAGS,
    )
    def list_versions(
        certificate_id: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[VersionView]:
        position = decode_cursor(cursor, "after")
        after = position["after"] if position else None
        page = reads().versions(api.caller, certificate_id, per_page, after)
        issued = [version_view(v) for v in page.versions if v.version.state is VersionState.ISSUED]
        return page_view(issued, {"after": page.next_after} if page.next_after else None, per_page)

    @api.get(
        f"{_ONE}/export/pem",
        Permission.CERTIFICATES_READ,
        summary="The leaf and then its issuing CA, as PEM",
        tags=_TAGS,
    )
    def export_pem(certificate_id: str) -> Response[str]:
        return text(reads().export_pem(api.caller, certificate_id), _PEM)


def add_archive_route(
    api: Api,
    certificates: "Callable[[], Certificates]",
    revocation: "Callable[[], Revoking]",
) -> None:
    """An archived certificate is revoked, or its versions run out."""

    # Same roles as certificates:write; but a key that was just revoked must not revoke.
    @api.delete(
        _ONE, Permission.CERTIFICATES_REVOKE, summary="Archive a certificate", tags=_TAGS, status_code=204
    )
    def archive_certificate(
        certificate_id: str,
        revoke: Annotated[
            str | None, Query(description="Revoke its versions instead, for this reason.")
        ] = None,
        keep_valid: Annotated[bool, Query(description="Let its versions run out.")] = False,
        ticket: Annotated[
            str | None,
            Query(description="The ticket that asks for the revocation.", pattern=f"^{TICKET_PATTERN}$"),
        ] = None,
    ) -> Response[None]:
        expected = expected_revision(api.call.headers)
        if ticket is not None and revoke is None:
            raise InvalidInput.of("ticket", "is for a revocation: give revoke too")
        if revoke is not None:
            wanted = RevocationRequest(require_reason(revoke), expected_revision=expected, ticket=ticket)
            revocation().revoke(api.caller, certificate_id, wanted)
        else:
            certificates().archive(
                api.caller, certificate_id, keep_valid=keep_valid, expected_revision=expected
            )
        return no_content()
