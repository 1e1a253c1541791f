"""Routes that revoke a certificate, or one version of it, and end a hold."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.openapi.params import Body

from certctl.api.resolver import Api
from certctl.api.revocation.schemas import RevokeBody, RevokedView, StatusView, UnholdBody, revoked_view
from certctl.crypto.serials import parse_serial
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    # not at import: it loads cryptography, which reads do not need
    from certctl.unit_of_work.revoking import Revoking

_ONE = "/api/v1/certificates/<certificate_id>"
_TAGS = ["certificates"]


def add_revocation_routes(
    api: Api, revocation: "Callable[[], Revoking]", now: Callable[[], datetime]
) -> None:
    """Callers revoke the certificates of their teams."""

    @api.post(
        f"{_ONE}/revoke",
        Permission.CERTIFICATES_REVOKE,
        summary="Revoke every unexpired version, or hold them",
        tags=_TAGS,
    )
    def revoke_certificate(
        certificate_id: str, body: Annotated[RevokeBody | None, Body()] = None
    ) -> RevokedView:
        wanted = (body or RevokeBody()).parsed()
        return revoked_view(revocation().revoke(api.caller, certificate_id, wanted))

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
        return revoked_view(revocation().revoke_version(api.caller, certificate_id, number, wanted))

    @api.post(f"{_ONE}/unhold", Permission.CERTIFICATES_UNHOLD, summary="End a hold", tags=_TAGS)
    def unhold_certificate(
        certificate_id: str, body: Annotated[UnholdBody | None, Body()] = None
    ) -> StatusView:
        held = revocation().unhold(api.caller, certificate_id, body.ticket if body else None)
        return StatusView(status=held.status(now()).value)
