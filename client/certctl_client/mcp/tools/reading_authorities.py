"""A tool that reads the stack's CAs."""

from dataclasses import dataclass

from certctl_client.api.resources import Stack
from certctl_client.mcp import presenting
from certctl_client.mcp.results import ToolResult


@dataclass(frozen=True)
class ReadingAuthorities:
    stack: Stack

    def list_cas(self) -> ToolResult:
        """The CAs of the stack: subject, root (`parent_id`), validity, key, state, newest CRL.
        For questions about trust, rotation or a late CRL. To look a serial up, use check_revocation."""
        return ToolResult({"cas": [presenting.authority(record) for record in self.stack.authorities.all()]})
