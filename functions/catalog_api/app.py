"""Configuration records: issuers, targets, owners, teams, policies, profiles, renewal policies, agents,
API keys, and EAB keys with their ACME accounts and orders."""

from typing import Any

from certctl.api.access.routes import add_api_key_routes
from certctl.api.acme.account_routes import add_acme_account_routes
from certctl.api.acme.eab_key_routes import add_eab_key_routes
from certctl.api.agents.token_routes import add_token_routes
from certctl.api.authorities.routes import add_authority_routes
from certctl.api.catalog.agent_routes import add_agent_routes
from certctl.api.catalog.check_routes import add_check_routes
from certctl.api.catalog.resources import add_record_routes
from certctl.api.catalog.types import add_type_routes
from certctl.api.policies.name_previews import add_names_preview_route
from certctl.api.policies.previews import add_policy_preview_route
from certctl.api.policies.routes import add_violation_routes
from certctl.api.resolver import Api
from certctl.compose.catalog_api import CatalogApi
from certctl.observability import with_context

services = CatalogApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_record_routes(api, lambda: services.catalog_reading, lambda: services.catalog, lambda: services.now())
add_type_routes(api, lambda: services.catalog_kinds)
add_policy_preview_route(api, lambda: services.policy_previews)
add_names_preview_route(api, lambda: services.name_previews)
add_violation_routes(api, lambda: services.violations)
add_authority_routes(
    api, lambda: services.authorities, lambda: services.authority_uses, lambda: services.stack
)
add_agent_routes(api, lambda: services.agents, lambda: services.now())
add_token_routes(api, lambda: services.registration)
add_check_routes(api, lambda: services.tests, lambda: services.views)
add_api_key_routes(api, lambda: services.api_keys)
add_eab_key_routes(
    api, lambda: services.eab_keys, lambda: services.acme_records, lambda: services.acme_directory_url
)
add_acme_account_routes(api, lambda: services.acme_records)


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
