"""The route that lists what the next CRLs contain."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.list_positions import position_of
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PerPage
from certctl.api.resolver import Api
from certctl.api.status.schemas import RevocationListView, revocation_list_view
from certctl.domain.access.permissions import Permission
from certctl.domain.certificates.defaults import DEFAULT_ISSUER

if TYPE_CHECKING:
    from certctl.services.status.lists import RevocationLists


def add_revocation_list_route(api: Api, lists: "Callable[[], RevocationLists]") -> None:
    """CRLs are public: those who may read certificates see the serials of all teams."""

    @api.get(
        "/api/v1/crl",
        Permission.CERTIFICATES_READ,
        summary="List the revocations that the next CRLs of an issuer's CAs contain, as JSON",
        tags=["crl"],
    )
    def list_revocations(
        issuer_id: str = DEFAULT_ISSUER, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> RevocationListView:
        listed = lists().page(api.caller, issuer_id, position_of(cursor), per_page)
        return revocation_list_view(listed, per_page)
