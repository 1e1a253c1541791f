"""The agents' API: each agent reaches its own records only. Signs nothing and reaches no network but AWS."""

from typing import Any

from certctl.api.agents.agent_job_routes import add_agent_job_routes
from certctl.api.agents.registration_routes import add_registration_route
from certctl.api.agents.work_routes import add_agent_work_routes
from certctl.api.resolver import Api
from certctl.compose.agents_api import AgentsApi
from certctl.observability import with_context

services = AgentsApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)
add_registration_route(api, lambda: services.registration)
add_agent_work_routes(api, lambda: services.agent_work, lambda: services.agent_probes)
add_agent_job_routes(
    api,
    lambda: services.signing_requests,
    lambda: services.deployments,
    lambda: services.deployable_versions,
)


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
