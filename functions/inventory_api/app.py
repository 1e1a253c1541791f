"""Certificates that were found: lists, places, sources, imports. Never signs or reaches the internet."""

from typing import Any

from certctl.api.inventory.census_routes import add_census_routes
from certctl.api.inventory.endpoint_routes import add_endpoint_routes
from certctl.api.inventory.import_routes import add_import_routes
from certctl.api.inventory.routes import add_belonging_route, add_inventory_routes
from certctl.api.resolver import Api
from certctl.compose.inventory_api import InventoryApi
from certctl.observability import with_context

services = InventoryApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_inventory_routes(api, lambda: services.reads)
add_census_routes(api, lambda: services.summaries)
add_belonging_route(api, lambda: services.belongings)
add_import_routes(api, lambda: services.imports)
add_endpoint_routes(api, lambda: services.endpoints)


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
