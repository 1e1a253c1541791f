"""Jobs, the audit trail, statistics, and the API's own description."""

from pathlib import Path
from typing import Any

from certctl.api.audit.routes import add_event_routes, add_export_routes
from certctl.api.audit.seal_routes import add_seal_routes
from certctl.api.insights.attention_routes import add_attention_routes
from certctl.api.insights.document_routes import add_document_routes
from certctl.api.insights.routes import add_metrics_routes, add_stats_routes
from certctl.api.jobs.routes import add_job_routes
from certctl.api.resolver import Api
from certctl.compose.insights_api import InsightsApi
from certctl.observability import with_context

services = InsightsApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_event_routes(api, lambda: services.audit_trail)
add_export_routes(api, lambda: services.export_trail, lambda: services.audit_exports)
add_seal_routes(api, lambda: services.audit_exports)
add_job_routes(api, lambda: services.jobs, lambda: services.approvals, lambda: services.job_views)
add_stats_routes(api, lambda: services.insights)
add_attention_routes(api, lambda: services.attention)
add_metrics_routes(api, lambda: services.insights)
add_document_routes(api, Path(__file__).with_name("openapi.json"))


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
