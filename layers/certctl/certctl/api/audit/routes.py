"""Routes of the audit trail: its events, and their export."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.audit.schemas import (
    EXPORTED_PER_PAGE,
    AuditEventView,
    audit_event_view,
    event_lines,
    position_of,
    position_view,
)
from certctl.api.filtered import filtered
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, encode_cursor, page_view
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission
from certctl.domain.audit.pages import AuditFilter

if TYPE_CHECKING:
    from certctl.services.audit.exports import AuditExports
    from certctl.services.audit.told import ToldTrail
    from certctl.services.audit.trail import AuditTrail

_AUDIT = "/api/v1/audit"
_TAGS = ["audit"]

_filtered = filtered(
    AuditFilter,
    since=Query(alias="from"),
    until=Query(alias="to"),
    changes_only=Query(description="Leaves out the records of API calls; changes and sessions remain."),
    kind=Query(
        description="`changes` of records, `sessions` (sign-ins, sessions and exchanged tokens, begun, ended"
        " or refused), or `calls` of the API. All without it."
    ),
)


def add_event_routes(api: Api, trail: "Callable[[], ToldTrail]") -> None:
    """Callers see the events of their teams."""

    @api.get(_AUDIT, Permission.AUDIT_READ, summary="List audit events, newest first", tags=_TAGS)
    @_filtered
    def list_audit_events(
        wanted: AuditFilter, per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[AuditEventView]:
        page = trail().page(api.caller, wanted, position_of(cursor), per_page)
        events = [audit_event_view(event) for event in page.events]
        return page_view(events, position_view(page.next), per_page)

    @api.get(f"{_AUDIT}/<event_id>", Permission.AUDIT_READ, summary="Read an audit event", tags=_TAGS)
    def get_audit_event(event_id: str) -> AuditEventView:
        return audit_event_view(trail().get(api.caller, event_id))


def add_export_routes(
    api: Api, trail: "Callable[[], AuditTrail]", exports: "Callable[[], AuditExports]"
) -> None:
    """`trail` reads a day a page: the proofs of `exports` take a step of their own."""

    @api.get(
        f"{_AUDIT}/export",
        Permission.AUDIT_EXPORT,
        summary="Export audit events as stored, newest first, each with the proof that it is sealed",
        description="JSON Lines of `event` (the stored text) and `proof` (null while it is in no seal)."
        " `X-Next-Cursor` is set if there are more.",
        tags=_TAGS,
    )
    @_filtered
    def export_audit_events(wanted: AuditFilter, cursor: Cursor = None) -> Response[str]:
        page = trail().page(api.caller, wanted, position_of(cursor), EXPORTED_PER_PAGE)
        exported = exports().export(page)
        return event_lines(exported.lines, "X-Next-Cursor", encode_cursor(position_view(exported.next)))
