"""Tools that read agents and deployments."""

from dataclasses import dataclass

from certctl_client.api.catalog_operations import OPERATIONS
from certctl_client.api.operations import LIST_DEPLOYMENTS
from certctl_client.api.resources import Stack
from certctl_client.commands.options import given
from certctl_client.mcp import presenting
from certctl_client.mcp.inputs import PAGE, Cursor, Id, Limit, OptionalId
from certctl_client.mcp.pages import page_of
from certctl_client.mcp.presenting import DEPLOYMENT
from certctl_client.mcp.results import ToolResult, page, selected


@dataclass(frozen=True)
class ReadingDeployments:
    stack: Stack

    def list_deployments(self, certificate_id: Id, limit: Limit = PAGE, cursor: Cursor = None) -> ToolResult:
        """Deployments of one certificate, newest first: which version went to which target, by which agent,
        and how it ended. For "is the new certificate on the server?". A failed one's error ends with what
        was left: nothing was touched, rolled back or NOT rolled back."""
        found = page_of(self.stack.api, LIST_DEPLOYMENTS, {}, limit, cursor, certificate_id)
        return page("deployments", [selected(each, DEPLOYMENT) for each in found.records], found.next_cursor)

    def list_agents(
        self, team_id: OptionalId = None, limit: Limit = PAGE, cursor: Cursor = None
    ) -> ToolResult:
        """The agents that deploy certificates on their hosts: Online, Degraded (missed a contact) or Offline,
        their last and next contact, what their hosts allow. Look here if a deployment or a CSR does not
        come."""
        found = page_of(self.stack.api, OPERATIONS["agents"].list, given(team_id=team_id), limit, cursor)
        return page("agents", [presenting.agent(each) for each in found.records], found.next_cursor)
