"""Routes that test issuers and targets, and list what is deployed to a target."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.catalog.resources import ISSUERS, TARGETS
from certctl.api.catalog.views import TestView, test_view
from certctl.api.certificates.schemas import CertificateView
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, decode_cursor, page_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.api.certificates.views import CertificateViews
    from certctl.services.catalog.checks import CatalogChecks


def add_check_routes(
    api: Api, checks: "Callable[[], CatalogChecks]", views: "Callable[[], CertificateViews]"
) -> None:
    """Issuers are tested by who may write them, targets by who may write those of their team."""

    @api.post(f"{ISSUERS.one}/test", Permission.CATALOG_WRITE, summary="Test an issuer", tags=ISSUERS.tags)
    def test_issuer(issuer_id: str) -> TestView:
        return test_view(checks().test_issuer(issuer_id))

    @api.post(f"{TARGETS.one}/test", Permission.TARGETS_WRITE, summary="Test a target", tags=TARGETS.tags)
    def test_target(target_id: str) -> TestView:
        return test_view(checks().test_target(api.caller, target_id))

    @api.get(
        f"{TARGETS.one}/certificates",
        Permission.CERTIFICATES_READ,
        summary="List certificates that are deployed to a target",
        tags=TARGETS.tags,
    )
    def list_certificates_of_target(
        target_id: str, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[CertificateView]:
        position = decode_cursor(cursor, "after")
        after = position["after"] if position else None
        page = checks().certificates_of_target(api.caller, target_id, after, per_page)
        following = {"after": page.next_after} if page.next_after else None
        return page_view(views().of(page.certificates), following, per_page)
