"""Routes that read the stored revocations."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.filtered import filtered
from certctl.api.list_positions import position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api
from certctl.api.status.revocation_schemas import (
    RevocationRecordDetailsView,
    RevocationRecordView,
    revocation_record_details_view,
    revocation_record_view,
)
from certctl.crypto.serials import parse_serial
from certctl.domain.access.permissions import Permission
from certctl.domain.revocation.filters import RevocationFilter

if TYPE_CHECKING:
    from certctl.services.status.records import RevocationRecords

_BASE = "/api/v1/revocations"
_TAGS = ["crl"]
_ABOUT_ORDER = (
    "In order of CA, CRL shard and serial number, external issuers last, not of time. Pages are full: only a"
    " search through many CRLs, or for what few rows match, may give a short or empty page with a"
    " `next_cursor`. `/api/v1/crl` has what the next CRLs contain."
)
IssuerOfSerial = Annotated[
    str | None,
    Query(description="Whose serial is meant, if two issuers have it: else that of a CA of the stack."),
]


def add_revocation_record_routes(api: Api, records: "Callable[[], RevocationRecords]") -> None:
    """Callers see the revocations of their teams' certificates."""

    @api.get(
        _BASE,
        Permission.CERTIFICATES_READ,
        summary="List the revocations of all issuers: of CAs that are not retired, and of external issuers",
        description=_ABOUT_ORDER,
        tags=_TAGS,
    )
    @filtered(
        RevocationFilter,
        reason=Query(description="As in RFC 5280, section 5.3.1; `certificateHold` too."),
        since=Query(description="Revoked then or later."),
        until=Query(description="Revoked before then."),
    )
    def list_revocation_records(
        wanted: RevocationFilter, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[RevocationRecordView]:
        page = records().page(api.caller, wanted, position_of(cursor), per_page)
        views = [revocation_record_view(row.revocation, row.certificate_name) for row in page.records]
        return page_view(views, position_view(page.next), per_page)

    @api.get(
        f"{_BASE}/<serial>",
        Permission.CERTIFICATES_READ,
        summary="Read a revocation by its serial number: the CRL that lists it, and its receipt",
        tags=_TAGS,
    )
    def get_revocation_record(serial: str, issuer_id: IssuerOfSerial = None) -> RevocationRecordDetailsView:
        found = records().get(api.caller, parse_serial(serial), issuer_id)
        return revocation_record_details_view(found.publication, found.certificate_name)
