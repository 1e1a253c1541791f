"""The route of digests' previews."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.notifications.digest_schemas import (
    ABOUT_DIGEST_PREVIEW,
    DigestPreviewView,
    digest_preview_view,
)
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.catalog.record_kinds import DEFAULT_OWNER, Kind
from certctl.domain.errors import InvalidInput

if TYPE_CHECKING:
    from certctl.services.notifications.digests.previews import DigestPreviews

OfOwner = Annotated[str | None, Query(max_length=64, description="Id of the owner whose digest it is.")]
OfTeam = Annotated[str | None, Query(max_length=64, description="Id of the team whose digest it is.")]


def add_digest_routes(api: Api, previews: "Callable[[], DigestPreviews]") -> None:
    """Adds a preview, which changes nothing and sends nothing."""

    @api.get(
        "/api/v1/notifications/digest-preview",
        Permission.NOTIFICATIONS_READ,
        summary="Preview a weekly digest",
        description=ABOUT_DIGEST_PREVIEW,
        tags=["notifications"],
    )
    def preview_digest(owner_id: OfOwner = None, team_id: OfTeam = None) -> DigestPreviewView:
        if owner_id is not None and team_id is not None:
            raise InvalidInput.of("query.team_id", "excludes owner_id: a digest is of one of them")
        wanted = (Kind.OWNER, owner_id or DEFAULT_OWNER) if team_id is None else (Kind.TEAM, team_id)
        return digest_preview_view(previews().preview(api.caller, *wanted))
