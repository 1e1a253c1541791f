"""The API for anyone: health, aliases of the published PKI objects, responses to ACME challenges, and the 404
of every unknown route."""

from typing import Any

from certctl.api.authorities.health_routes import add_health_routes
from certctl.api.issuing import add_challenge_route
from certctl.api.resolver import Api
from certctl.api.status.public_routes import add_pki_routes
from certctl.compose.public_api import PublicApi
from certctl.observability import with_context

services = PublicApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_health_routes(api, lambda: services.authorities)
add_pki_routes(api, lambda: services.authorities, lambda: services.serial_statuses)
add_challenge_route(api, lambda: services.acme)


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
