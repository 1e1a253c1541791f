"""Certificates: request, read, renew, revoke. Signs nothing and reaches no network but AWS."""

from typing import Any

from certctl.api.agents.deployment_routes import add_deployment_routes
from certctl.api.certificates.list_routes import add_certificate_list_route
from certctl.api.certificates.request_routes import add_request_routes
from certctl.api.certificates.routes import add_archive_route, add_certificate_routes
from certctl.api.resolver import Api
from certctl.api.revocation.bulk_routes import add_bulk_revocation_route
from certctl.api.revocation.campaign_routes import add_campaign_routes
from certctl.api.revocation.key_routes import add_key_route
from certctl.api.revocation.routes import add_revocation_routes
from certctl.api.status.record_routes import add_revocation_record_routes
from certctl.api.status.routes import add_revocation_list_route
from certctl.compose.certificates_api import CertificatesApi
from certctl.observability import with_context

services = CertificatesApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_certificate_list_route(
    api,
    lambda: services.certificate_lists,
    lambda: services.search_coverage,
    lambda: services.views,
)
add_certificate_routes(
    api,
    lambda: services.certificates,
    lambda: services.reads,
    lambda: services.revocation_publications,
    lambda: services.views,
)
add_archive_route(api, lambda: services.certificates, lambda: services.revocation)
add_request_routes(api, lambda: services.issuance, lambda: services.signing_requests, lambda: services.views)
add_revocation_routes(api, lambda: services.revocation, lambda: services.now())
add_bulk_revocation_route(api, lambda: services.bulk_revocations, lambda: services.views)
add_campaign_routes(api, lambda: services.campaigns, lambda: services.campaign_names)
add_key_route(api, lambda: services.key_uses, lambda: services.now())
add_deployment_routes(api, lambda: services.deployment_requests)
add_revocation_list_route(api, lambda: services.revocation_lists)
add_revocation_record_routes(api, lambda: services.revocation_records)


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
