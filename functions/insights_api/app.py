"""Reading what happened: the audit trail, and the description of the API itself."""

from pathlib import Path
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AwareDatetime

from certctl import bootstrap
from certctl.api.audit_schemas import AuditEventView, audit_event_view, position_of, position_view
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api, text
from certctl.domain.permissions import Permission
from certctl.services.audit_trail import AuditFilter

api = Api(bootstrap.api_services)


@api.get("/api/v1/audit", Permission.AUDIT_READ, summary="List audit events, newest first", tags=["audit"])
def list_audit_events(
    actor: str | None = None,
    actor_type: str | None = None,
    action: str | None = None,
    resource_type: str | None = None,
    resource_id: str | None = None,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    per_page: PerPage = DEFAULT_PER_PAGE,
    cursor: Cursor = None,
) -> PageView[AuditEventView]:
    wanted = AuditFilter(actor, actor_type, action, resource_type, resource_id, since, until)
    page = bootstrap.audit_trail().page(api.caller, wanted, position_of(cursor), per_page)
    events = [audit_event_view(record) for record in page.events]
    return page_view(events, position_view(page.next), per_page)


@api.get("/api/v1/audit/<event_id>", Permission.AUDIT_READ, summary="Read an audit event", tags=["audit"])
def get_audit_event(event_id: str) -> AuditEventView:
    return audit_event_view(bootstrap.audit_trail().get(api.caller, event_id))


@api.get("/api/v1/openapi.json", Permission.CATALOG_READ, summary="This document", tags=["openapi"])
def openapi() -> Response[str]:
    document = Path(__file__).with_name("openapi.json")
    return text(document.read_text(encoding="utf-8"), "application/json")


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
