"""Routes that read the CAs of the stack."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.authorities.schemas import (
    AuthoritiesView,
    AuthorityDetailsView,
    AuthorityUsesView,
    authorities_view,
    authority_details_view,
    authority_uses_view,
)
from certctl.api.list_positions import position_of
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PerPage
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.config import StackConfig
    from certctl.services.authorities.overview import Authorities
    from certctl.services.authorities.uses import CaUseReads

_BASE = "/api/v1/authorities"
_TAGS = ["authorities"]
_ABOUT_USES = (
    "Counts the certificates whose current version the CA issued and that is neither revoked nor expired, of"
    " the caller's teams, among the next `per_page` records of its issuer. Add up all parts; a target may be"
    " in several."
)


def add_authority_routes(
    api: Api,
    authorities: "Callable[[], Authorities]",
    uses: "Callable[[], CaUseReads]",
    stack: "Callable[[], StackConfig]",
) -> None:
    """CA certificates and CRLs are public; the key's ARN, and the names of the stack in commands about its
    CAs, are for callers who may change the catalog."""

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
        if api.caller.scope_of(Permission.CATALOG_WRITE) is None:
            return authority_details_view(authorities().get(ca_id), None)
        return authority_details_view(authorities().get(ca_id), stack())

    @api.get(
        f"{_BASE}/<ca_id>/uses",
        Permission.CERTIFICATES_READ,
        summary="Count what a CA vouches for, part by part",
        description=_ABOUT_USES,
        tags=_TAGS,
    )
    def get_authority_uses(
        ca_id: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> AuthorityUsesView:
        part = uses().part(api.caller, ca_id, position_of(cursor), per_page)
        return authority_uses_view(ca_id, part, per_page)
