"""Routes that register and retire agents: unlike other records they come and go with their keys."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.catalog.bodies import AgentBody, new_agent
from certctl.api.catalog.resources import AGENTS
from certctl.api.catalog.views import RegisteredAgentView, registered_agent_view
from certctl.api.idempotency import Replay
from certctl.api.preconditions import expected_revision
from certctl.api.resolver import Api, no_content
from certctl.domain.agents.agents import Retirement
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import write_permission
from certctl.domain.errors import InvalidInput

if TYPE_CHECKING:
    from certctl.services.agents.agents import Agents

_Force = Annotated[Literal["true"] | None, Query(description="Its targets lose it. Requires a reason.")]
_Reason = Annotated[str | None, Query(min_length=1, max_length=256)]


def add_agent_routes(api: Api, agents: "Callable[[], Agents]", now: Callable[[], datetime]) -> None:
    """Callers register and retire the agents of their teams."""

    @api.post(
        AGENTS.collection,
        write_permission(Kind.AGENT),
        Replay.REFUSAL,
        summary="Register an agent, with a key of its own",
        tags=AGENTS.tags,
        status_code=201,
    )
    def register_agent(body: AgentBody) -> RegisteredAgentView:
        registered = agents().register(api.caller, new_agent(body))
        view = registered_agent_view(registered.entry, registered.key_text, now())
        return api.at_revision(registered.entry.revision, view)

    @api.delete(
        AGENTS.one,
        write_permission(Kind.AGENT),
        summary="Retire an agent: its keys are revoked",
        description="409 if targets name it, with their count, unless `force=true` and a `reason` are given.",
        tags=AGENTS.tags,
        status_code=204,
    )
    def retire_agent(agent_id: str, force: _Force = None, reason: _Reason = None) -> Response[None]:
        if (force is None) != (reason is None):
            raise InvalidInput.of("query.reason", "goes with force=true: give both or none")
        agents().retire(api.caller, agent_id, Retirement(reason, expected_revision(api.call.headers)))
        return no_content()
