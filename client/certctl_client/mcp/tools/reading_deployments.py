"""Tools that read agents and deployments."""

from dataclasses import dataclass

from certctl_client.api.catalog_operations import OPERATIONS
from certctl_client.api.operations import LIST_DEPLOYMENTS
from certctl_client.api.resources import Stack
from certctl_client.commands.options import given
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.marking import fresh_marking
from certctl_client.mcp.models_deployments import AgentPage, DeploymentPage
from certctl_client.mcp.pages import page_of


@dataclass(frozen=True)
class ReadingDeployments:
    stack: Stack

    def list_deployments(
        self, certificate_id: Id, limit: Limit = PAGE, cursor: Cursor = None
    ) -> DeploymentPage:
        """Deployments of a certificate, newest first: which version went to which target, by which agent, and
        how it ended."""
        page = page_of(self.stack.api, LIST_DEPLOYMENTS, {}, limit, cursor, certificate_id)
        marking = fresh_marking()
        return DeploymentPage(
            notice=marking.notice,
            deployments=[presenting.deployment(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
        )

    def list_agents(
        self, team_id: OptionalId = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> AgentPage:
        """The agents that deploy certificates on their hosts, by id: whether they are online, when they last
        polled, and what their hosts allow. Work for an offline agent waits."""
        page = page_of(self.stack.api, OPERATIONS["agents"].list, given(team_id=team_id), limit, cursor)
        marking = fresh_marking()
        return AgentPage(
            notice=marking.notice,
            agents=[presenting.agent(marking, record) for record in page.records],
            next_cursor=page.next_cursor,
        )
