"""The route that lists and searches certificates."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.certificates.schemas import (
    ABOUT_ACME,
    ABOUT_EAB_KEY,
    ABOUT_NAME,
    ABOUT_ORDER,
    ABOUT_RENEWAL,
    ABOUT_SEARCH,
    ABOUT_STATUS,
    CertificatePageView,
    certificate_page_view,
)
from certctl.api.filtered import filtered
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PerPage, page_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.certificates.filters import CertificateFilter
from certctl.domain.sorting import CertificateSort

if TYPE_CHECKING:
    from certctl.api.certificates.views import CertificateViews
    from certctl.services.certificates.lists import CertificateLists
    from certctl.services.certificates.search_coverage import SearchCoverage


def add_certificate_list_route(
    api: Api,
    lists: "Callable[[], CertificateLists]",
    coverage: "Callable[[], SearchCoverage]",
    views: "Callable[[], CertificateViews]",
) -> None:
    """Callers see the certificates of their teams."""

    @api.get(
        "/api/v1/certificates",
        Permission.CERTIFICATES_READ,
        summary="List certificates",
        description=ABOUT_ORDER,
        tags=["certificates"],
    )
    @filtered(
        CertificateFilter,
        status=Query(description=ABOUT_STATUS),
        certificate_profile_id=Query(alias="profile_id"),
        name=Query(description=ABOUT_NAME),
        search=Query(description=ABOUT_SEARCH),
        renewal=Query(description=ABOUT_RENEWAL),
        acme=Query(description=ABOUT_ACME),
        acme_eab_key=Query(description=ABOUT_EAB_KEY),
    )
    def list_certificates(
        wanted: CertificateFilter,
        sort: CertificateSort | None = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> CertificatePageView:
        page = lists().page(api.caller, wanted, position_of(cursor), per_page, sort)
        is_complete = wanted.search is None or coverage().is_complete()
        listed = page_view(views().of(page.records), position_view(page.next), per_page)
        return certificate_page_view(listed, wanted.name, wanted.search, is_complete=is_complete)
