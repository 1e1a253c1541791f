"""Resources that a client may attach to a conversation: records by URI, marked as in the tools' answers."""

from collections.abc import Callable
from dataclasses import dataclass

from mcp.server.mcpserver import MCPServer

from certctl_client.mcp.failures import as_resource
from certctl_client.mcp.results import ToolResult
from certctl_client.mcp.tools.overview import Overview
from certctl_client.mcp.tools.reading_alerts import ReadingAlerts
from certctl_client.mcp.tools.reading_certificates import ReadingCertificates

_TEXT = "text/plain"


@dataclass(frozen=True)
class Resources:
    overview: Overview
    certificates: ReadingCertificates
    alerts: ReadingAlerts

    def summary(self) -> ToolResult:
        """Counts of certificates, jobs, agents and dead notifications."""
        return self.overview.get_summary()

    def certificate(self, certificate_id: str) -> ToolResult:
        """One certificate, with all of its names."""
        return self.certificates.get_certificate(certificate_id)

    def notification(self, notification_id: str) -> ToolResult:
        """One alert with its last ten attempts."""
        return self.alerts.get_notification(notification_id)

    def dead_letters(self) -> ToolResult:
        """The newest alerts that were given up."""
        return self.alerts.list_dead_letters()


def add_resources(server: MCPServer, resources: Resources) -> None:
    by_uri: dict[str, Callable[..., ToolResult]] = {
        "certctl://summary": resources.summary,
        "certctl://dead-letters": resources.dead_letters,
        "certctl://certificates/{certificate_id}": resources.certificate,
        "certctl://notifications/{notification_id}": resources.notification,
    }
    for uri, read in by_uri.items():
        server.resource(uri, mime_type=_TEXT)(as_resource(read))
