"""Who is calling: tokens of CI systems and clouds for credentials of service accounts, and sessions."""

from typing import Any

from certctl.api.access.preview_routes import add_preview_routes
from certctl.api.access.session_routes import add_session_routes
from certctl.api.access.token_routes import add_exchange_routes
from certctl.api.resolver import Api
from certctl.compose.identity_api import IdentityApi
from certctl.observability import with_context

services = IdentityApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_exchange_routes(api, lambda: services.exchange)
add_preview_routes(api, lambda: services.access_previews)
add_session_routes(api, lambda: services.sessions, lambda: services.now())


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    try:
        return api.handle(event, context)
    finally:
        services.end_connections()
