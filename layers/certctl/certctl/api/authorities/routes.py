"""Routes that read the CAs of the stack."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.authorities.schemas import (
    AuthoritiesView,
    AuthorityDetailsView,
    authorities_view,
    authority_details_view,
)
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.authorities.overview import Authorities

_BASE = "/api/v1/authorities"
_TAGS = ["authorities"]


def add_authority_routes(api: Api, authorities: "Callable[[], Authorities]") -> None:
    """CA certificates and CRLs are public; the key's ARN is for callers who may change the catalog."""

    @api.get(_BASE, Permission.CATALOG_READ, summary="List the CAs and their CRLs", tags=_TAGS)
    def list_authorities() -> AuthoritiesView:
        return authorities_view(authorities().all())

    @api.get(
        f"{_BASE}/<ca_id>",
        Permission.CATALOG_READ,
        summary="Read a CA: certificate, chain, CRLs, rotation",
        tags=_TAGS,
    )
    def get_authority(ca_id: str) -> AuthorityDetailsView:
        may_see_key = api.caller.scope_of(Permission.CATALOG_WRITE) is not None
        return authority_details_view(authorities().get(ca_id), with_key=may_see_key)
