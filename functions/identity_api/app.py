"""Who is calling: people who sign in, and machines whose tokens are exchanged for credentials."""

from typing import Any

from certctl.api.identity.code_routes import add_code_routes
from certctl.api.identity.oidc.routes import add_sign_in_routes
from certctl.api.identity.preview_routes import add_preview_routes
from certctl.api.identity.session_routes import add_session_routes
from certctl.api.identity.token_routes import add_revocation_route, add_token_route, add_trust_preview_route
from certctl.api.identity.user_session_routes import add_user_session_routes
from certctl.api.resolver import Api
from certctl.compose.identity_api import IdentityApi
from certctl.observability import with_context

services = IdentityApi()
api = Api(
    lambda: services.access.api_services,
    lambda: services.access.edge,
    lambda *call: services.throttle.require_room(*call),
)
add_token_route(api, lambda: services.exchange, lambda: services.command_lines, lambda: services.child_tokens)
add_revocation_route(api, lambda: services.revocation)
add_trust_preview_route(api, lambda: services.exchange)
add_code_routes(api, lambda: services.command_lines)
add_preview_routes(api, lambda: services.access_previews)
add_session_routes(api, lambda: services.sessions, lambda: services.features, lambda: services.now())
add_user_session_routes(api, lambda: services.user_sessions)
add_sign_in_routes(api, lambda: services.sign_in, lambda: services.now())


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    try:
        return api.handle(event, context)
    finally:
        services.end_connections()
