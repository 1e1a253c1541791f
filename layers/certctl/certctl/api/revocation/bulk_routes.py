"""The route that revokes many certificates, or lists what it would revoke."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.idempotency import Replay
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, encode_cursor
from certctl.api.resolver import Api, respond
from certctl.api.revocation.bulk_schemas import (
    BulkRevocationPreviewView,
    BulkRevocationStartedView,
    BulkRevokeBody,
)
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.api.certificates.views import CertificateViews
    from certctl.services.revocation.bulk_requests import BulkRevocations


def add_bulk_revocation_route(
    api: Api, revocations: "Callable[[], BulkRevocations]", views: "Callable[[], CertificateViews]"
) -> None:
    """Callers revoke the certificates of all teams: few roles may."""

    @api.post(
        "/api/v1/certificates/bulk-revoke",
        Permission.CERTIFICATES_BULK_REVOKE,
        Replay.ANSWER,
        summary="Revoke many certificates, as a job; a dry run lists them",
        tags=["certificates"],
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
            return respond(_preview(body, body.per_page or DEFAULT_PER_PAGE), HTTPStatus.OK)
        job = revocations().start(api.caller, body.selection, body.wanted)
        return respond(BulkRevocationStartedView(job_id=job.id), HTTPStatus.ACCEPTED)

    def _preview(body: BulkRevokeBody, per_page: int) -> BulkRevocationPreviewView:
        page = revocations().preview(body.selection, body.wanted, position_of(body.cursor), per_page)
        return BulkRevocationPreviewView(
            certificate_ids=[certificate.id for certificate in page.records],
            certificates=views().of(page.records),
            next_cursor=encode_cursor(position_view(page.next)),
            per_page=per_page,
        )
