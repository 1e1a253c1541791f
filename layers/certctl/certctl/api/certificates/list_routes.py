"""The route that lists and searches certificates."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.certificates.schemas import (
    ABOUT_NAME,
    ABOUT_ORDER,
    ABOUT_RENEWAL,
    ABOUT_SEARCH,
    ABOUT_STATUS,
    CertificatePageView,
    certificate_page_view,
    certificate_view,
)
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PerPage, page_view
from certctl.api.resolver import Api
from certctl.api.times import Moment
from certctl.domain.access.permissions import Permission
from certctl.domain.certificates.certificates import RenewalFilter, Status
from certctl.domain.certificates.filters import CertificateFilter
from certctl.domain.sorting import CertificateSort

if TYPE_CHECKING:
    from certctl.services.certificates.lists import CertificateLists
    from certctl.services.certificates.search_coverage import SearchCoverage


def add_certificate_list_route(
    api: Api,
    lists: "Callable[[], CertificateLists]",
    coverage: "Callable[[], SearchCoverage]",
    now: Callable[[], datetime],
) -> None:
    """Callers see the certificates of their teams."""

    @api.get(
        "/api/v1/certificates",
        Permission.CERTIFICATES_READ,
        summary="List certificates",
        description=ABOUT_ORDER,
        tags=["certificates"],
    )
    def list_certificates(
        status: Annotated[Status | None, Query(description=ABOUT_STATUS)] = None,
        # fields of certificate: filter query
        environment: str | None = None,
        owner_id: str | None = None,
        team_id: str | None = None,
        issuer_id: str | None = None,
        profile_id: str | None = None,
        # end of fields
        name: Annotated[str | None, Query(description=ABOUT_NAME)] = None,
        search: Annotated[str | None, Query(description=ABOUT_SEARCH)] = None,
        expires_before: Annotated[Moment | None, Query()] = None,
        expires_after: Annotated[Moment | None, Query()] = None,
        renewal: Annotated[RenewalFilter | None, Query(description=ABOUT_RENEWAL)] = None,
        sort: CertificateSort | None = None,
        per_page: PerPage = DEFAULT_PER_PAGE,
        cursor: Cursor = None,
    ) -> CertificatePageView:
        wanted = CertificateFilter(
            status=status,
            # fields of certificate: filter values
            environment=environment,
            owner_id=owner_id,
            team_id=team_id,
            issuer_id=issuer_id,
            certificate_profile_id=profile_id,
            # end of fields
            name=name,
            expires_before=expires_before,
            expires_after=expires_after,
            search=search,
            renewal=renewal,
        )
        page = lists().page(api.caller, wanted, position_of(cursor), per_page, sort)
        is_complete = search is None or coverage().is_complete()
        at = now()
        views = [certificate_view(certificate, at) for certificate in page.records]
        listed = page_view(views, position_view(page.next), per_page)
        return certificate_page_view(listed, name, search, is_complete=is_complete)
