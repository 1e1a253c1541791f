"""Tools that every server has: what is wrong, how much there is, and with whose key."""

from dataclasses import dataclass

from certctl_client.api.resources import Stack
from certctl_client.mcp import presenting
from certctl_client.mcp.results import ToolResult


@dataclass(frozen=True)
class Overview:
    stack: Stack

    def needs_attention(self) -> ToolResult:
        """What needs a person now, the most urgent first: expired or soon expiring certificates,
        campaigns, jobs, channels, alerts, agents, CRLs. Begin here when someone asks what is wrong. `unknown`
        names what cannot be counted now."""
        return ToolResult(presenting.attention(self.stack.insights.attention()))

    def get_summary(self) -> ToolResult:
        """Counts of certificates, jobs, agents and dead notifications. For "how many"; what to do about them
        is in needs_attention. A missing count is unknown, not zero."""
        return ToolResult({**self.stack.insights.summary()})

    def whoami(self) -> ToolResult:
        """The API key or session that this server uses, its role, teams and permissions. Call it after a
        403, or before you promise an action."""
        return ToolResult(presenting.own_key({**self.stack.keys.caller()}))
