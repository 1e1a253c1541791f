"""The route by which a host's agent registers itself."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from certctl.api.agents.schemas import AgentReportBody, EnrolledAgentView, enrolled_view
from certctl.api.resolver import ANYONE, Api

if TYPE_CHECKING:
    from certctl.services.agents.registration import AgentRegistration


def add_registration_route(api: Api, registration: "Callable[[], AgentRegistration]") -> None:
    """The holder of a bootstrap token has no API key yet: the token decides."""

    @api.post(
        "/api/v1/agent/register",
        ANYONE,
        admission=lambda authorization: registration().check_token(authorization),
        summary="Register this host's agent, with a bootstrap token in place of an API key",
        tags=["agent"],
        status_code=201,
    )
    def register_with_token(body: AgentReportBody) -> EnrolledAgentView:
        report = body.parsed(api.call.source_ip)
        return enrolled_view(registration().register(api.call.headers.get("authorization"), report))
