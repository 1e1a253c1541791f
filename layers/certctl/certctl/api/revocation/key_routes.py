"""The route that shows what one key is used for."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from certctl.api.list_positions import position_of
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PerPage
from certctl.api.resolver import Api
from certctl.api.revocation.key_schemas import KeyUsesView, key_uses_view
from certctl.domain.access.permissions import Permission
from certctl.domain.revocation.key_uses import require_spki

if TYPE_CHECKING:
    from certctl.services.revocation.key_uses import KeyUseReads


def add_key_route(api: Api, uses: "Callable[[], KeyUseReads]", now: Callable[[], datetime]) -> None:
    """Callers see the records of their teams."""

    @api.get(
        "/api/v1/keys/<spki_sha256>",
        Permission.CERTIFICATES_READ,
        summary="List the certificates of a key, with their targets, agents and jobs",
        tags=["keys"],
    )
    def list_key_uses(
        spki_sha256: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> KeyUsesView:
        spki = require_spki(spki_sha256)
        page = uses().page(api.caller, spki, position_of(cursor), per_page)
        return key_uses_view(spki, page, per_page, now())
