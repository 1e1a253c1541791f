"""Certificates: request, read, renew, revoke. Signs nothing and reaches no network but AWS."""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from certctl.api import list_positions
from certctl.api.agents.deployment_routes import add_deployment_routes
from certctl.api.certificates.schemas import (
    ABOUT_NAME,
    ABOUT_ORDER,
    ABOUT_SEARCH,
    ABOUT_STATUS,
    CertificateDetailsView,
    CertificateEditBody,
    CertificatePageView,
    CreatedCertificateView,
    CsrBody,
    JobStartedView,
    NewCertificateBody,
    RenewBody,
    RevokeBody,
    RevokedView,
    StatusView,
    VersionView,
    certificate_details_view,
    certificate_page_view,
    certificate_view,
    created_view,
    job_started_view,
    revoked_view,
    version_view,
)
from certctl.api.idempotency import Replay
from certctl.api.pagination import (
    DEFAULT_PER_PAGE,
    Cursor,
    PageView,
    PerPage,
    decode_cursor,
    encode_cursor,
    page_view,
)
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, answer, no_content, text
from certctl.api.revocation.schemas import (
    BulkRevocationPreviewView,
    BulkRevocationStartedView,
    BulkRevokeBody,
)
from certctl.api.status.schemas import RevocationListView, revocation_list_view
from certctl.api.times import Moment
from certctl.compose.certificates_api import CertificatesApi
from certctl.crypto.serials import parse_serial
from certctl.domain.access.permissions import Permission
from certctl.domain.certificates.certificates import Certificate, Status, VersionState
from certctl.domain.certificates.requests import DEFAULT_ISSUER
from certctl.domain.revocation.revocations import RevocationRequest, require_reason
from certctl.domain.sorting import CertificateSort
from certctl.observability import with_context
from certctl.services.certificates.lists import CertificateFilter

services = CertificatesApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
_BASE = "/api/v1/certificates"
_ONE = f"{_BASE}/<certificate_id>"
_TAGS = ["certificates"]
_PEM = "application/x-pem-file"


@api.post(
    _BASE,
    Permission.CERTIFICATES_WRITE,
    Replay.ANSWER,
    summary="Request a certificate",
    tags=_TAGS,
    status_code=201,
)
def create_certificate(body: NewCertificateBody) -> CreatedCertificateView:
    return created_view(services.issuance.create(api.caller, body.parsed()), services.now())


@api.get(
    _BASE, Permission.CERTIFICATES_READ, summary="List certificates", description=ABOUT_ORDER, tags=_TAGS
)
def list_certificates(
    status: Annotated[Status | None, Query(description=ABOUT_STATUS)] = None,
    environment: str | None = None,
    owner_id: str | None = None,
    team_id: str | None = None,
    issuer_id: str | None = None,
    profile_id: str | None = None,
    name: Annotated[str | None, Query(description=ABOUT_NAME)] = None,
    search: Annotated[str | None, Query(description=ABOUT_SEARCH)] = None,
    expires_before: Annotated[Moment | None, Query()] = None,
    expires_after: Annotated[Moment | None, Query()] = None,
    sort: CertificateSort | None = None,
    per_page: PerPage = DEFAULT_PER_PAGE,
    cursor: Cursor = None,
) -> CertificatePageView:
    wanted = CertificateFilter(
        status,
        environment,
        owner_id,
        team_id,
        issuer_id,
        profile_id,
        name,
        expires_before,
        expires_after,
        search,
    )
    position = list_positions.position_of(cursor)
    page = services.certificate_lists.page(api.caller, wanted, position, per_page, sort)
    is_complete = search is None or services.search_coverage.is_complete()
    now = services.now()
    views = [certificate_view(certificate, now) for certificate in page.records]
    listed = page_view(views, list_positions.position_view(page.next), per_page)
    return certificate_page_view(listed, name, search, is_complete=is_complete)


@api.post(
    f"{_BASE}/bulk-revoke",
    Permission.CERTIFICATES_BULK_REVOKE,
    Replay.ANSWER,
    summary="Revoke many certificates, as a job; a dry run lists them",
    tags=_TAGS,
    status_code=202,
    responses={
        200: {
            "description": "A dry run: what a job would revoke",
            "content": {"application/json": {"model": BulkRevocationPreviewView}},
        },
        202: {
            "description": "The job that does it",
            "content": {"application/json": {"model": BulkRevocationStartedView}},
        },
    },
)
def bulk_revoke(body: BulkRevokeBody) -> Response[str]:
    if body.dry_run:
        return answer(_preview(body, body.per_page or DEFAULT_PER_PAGE), HTTPStatus.OK)
    job = services.bulk_revocations.start(api.caller, body.selection, body.wanted)
    return answer(BulkRevocationStartedView(job_id=job.id), HTTPStatus.ACCEPTED)


def _preview(body: BulkRevokeBody, per_page: int) -> BulkRevocationPreviewView:
    position = list_positions.position_of(body.cursor)
    page = services.bulk_revocations.preview(body.selection, body.wanted, position, per_page)
    return BulkRevocationPreviewView(
        certificate_ids=[certificate.id for certificate in page.records],
        next_cursor=encode_cursor(list_positions.position_view(page.next)),
        per_page=per_page,
    )


@api.get(_ONE, Permission.CERTIFICATES_READ, summary="Read a certificate", tags=_TAGS)
def get_certificate(certificate_id: str) -> CertificateDetailsView:
    return _with_plan(services.certificates.get(api.caller, certificate_id))


@api.put(_ONE, Permission.CERTIFICATES_WRITE, summary="Edit a certificate's record", tags=_TAGS)
def edit_certificate(certificate_id: str, body: CertificateEditBody) -> CertificateDetailsView:
    edit = body.parsed(expected_revision(api.call.headers))
    return _with_plan(services.certificates.edit(api.caller, certificate_id, edit))


def _with_plan(certificate: Certificate) -> CertificateDetailsView:
    plan = services.certificates.plan_of(certificate)
    return api.at_revision(certificate.revision, certificate_details_view(certificate, plan, services.now()))


# Same roles as certificates:write; but a key that was just revoked must not revoke.
@api.delete(
    _ONE, Permission.CERTIFICATES_REVOKE, summary="Archive a certificate", tags=_TAGS, status_code=204
)
def archive_certificate(
    certificate_id: str,
    revoke: Annotated[str | None, Query(description="Revoke its versions instead, for this reason.")] = None,
    keep_valid: Annotated[bool, Query(description="Let its versions run out.")] = False,
) -> Response[None]:
    expected = expected_revision(api.call.headers)
    if revoke is not None:
        wanted = RevocationRequest(require_reason(revoke), expected_revision=expected)
        services.revocation.revoke(api.caller, certificate_id, wanted)
    else:
        services.certificates.archive(
            api.caller, certificate_id, keep_valid=keep_valid, expected_revision=expected
        )
    return no_content()


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
    page = services.certificates.versions(api.caller, certificate_id, per_page, after)
    issued = [version_view(v) for v in page.versions if v.version.state is VersionState.ISSUED]
    return page_view(issued, {"after": page.next_after} if page.next_after else None, per_page)


@api.post(
    f"{_ONE}/renew",
    Permission.CERTIFICATES_WRITE,
    Replay.ANSWER,
    summary="Renew or rekey: at once with a CSR, else a job awaits one",
    tags=_TAGS,
    status_code=202,
)
def renew_certificate(
    certificate_id: str, body: Annotated[RenewBody | None, Body()] = None
) -> JobStartedView:
    csr_pem = body.csr_pem if body else None
    return job_started_view(services.issuance.renew(api.caller, certificate_id, csr_pem))


@api.post(
    f"{_ONE}/csr",
    Permission.CERTIFICATES_SUBMIT_CSR,
    Replay.ANSWER,
    summary="Submit the signing request of an AwaitingCSR job",
    tags=_TAGS,
    status_code=202,
)
def submit_csr(certificate_id: str, body: CsrBody) -> JobStartedView:
    return job_started_view(services.signing_requests.submit(api.caller, certificate_id, body.csr_pem))


@api.post(
    f"{_ONE}/revoke",
    Permission.CERTIFICATES_REVOKE,
    summary="Revoke every unexpired version, or hold them",
    tags=_TAGS,
)
def revoke_certificate(certificate_id: str, body: Annotated[RevokeBody | None, Body()] = None) -> RevokedView:
    wanted = (body or RevokeBody()).parsed()
    return revoked_view(services.revocation.revoke(api.caller, certificate_id, wanted))


@api.post(
    f"{_ONE}/versions/<serial>/revoke",
    Permission.CERTIFICATES_REVOKE,
    summary="Revoke one version",
    tags=_TAGS,
)
def revoke_version(
    certificate_id: str, serial: str, body: Annotated[RevokeBody | None, Body()] = None
) -> RevokedView:
    """Clients may percent-encode the colons of a serial."""
    wanted, number = (body or RevokeBody()).parsed(), parse_serial(unquote(serial))
    return revoked_view(services.revocation.revoke_version(api.caller, certificate_id, number, wanted))


add_deployment_routes(api, lambda: services.deployment_requests)


@api.post(f"{_ONE}/unhold", Permission.CERTIFICATES_UNHOLD, summary="End a hold", tags=_TAGS)
def unhold_certificate(certificate_id: str) -> StatusView:
    held = services.revocation.unhold(api.caller, certificate_id)
    return StatusView(status=held.status(services.now()).value)


@api.get(
    f"{_ONE}/export/pem",
    Permission.CERTIFICATES_READ,
    summary="The leaf and then its issuing CA, as PEM",
    tags=_TAGS,
)
def export_pem(certificate_id: str) -> Response[str]:
    return text(services.certificates.export_pem(api.caller, certificate_id), _PEM)


@api.get(
    "/api/v1/crl",
    Permission.CERTIFICATES_READ,
    summary="List the revocations that the next CRLs of an issuer's CAs contain, as JSON",
    tags=["crl"],
)
def list_revocations(
    issuer_id: str = DEFAULT_ISSUER, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
) -> RevocationListView:
    position = list_positions.position_of(cursor)
    listed = services.revocation_lists.page(api.caller, issuer_id, position, per_page)
    return revocation_list_view(listed, per_page)


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
