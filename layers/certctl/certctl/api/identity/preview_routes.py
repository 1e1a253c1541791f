"""The preview of access rules."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.identity.preview_schemas import AccessPreviewBody, AccessPreviewView, access_preview_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.identity.rule_previews import AccessPreviews


def add_preview_routes(api: Api, previews: "Callable[[], AccessPreviews]") -> None:
    @api.post(
        "/api/v1/auth/preview",
        Permission.ACCESS_RULES_WRITE,
        summary="Check a person's claims, or ID token, against the access rules of a provider",
        tags=["auth"],
    )
    def preview_access(body: AccessPreviewBody) -> AccessPreviewView:
        body.check()
        if body.token is not None:
            return access_preview_view(previews().of_token(api.caller, body.provider_id, body.token))
        return access_preview_view(previews().of_claims(api.caller, body.provider_id, body.claims or {}))
