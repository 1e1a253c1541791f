"""Resources that a client may attach to a conversation: records by URI, as JSON."""

from collections.abc import Callable
from dataclasses import dataclass

from mcp.server.mcpserver import MCPServer
from pydantic import BaseModel

from certctl_client.mcp.failures import as_resource
from certctl_client.mcp.tools.reading_alerts import ReadingAlerts
from certctl_client.mcp.tools.reading_certificates import ReadingCertificates

_JSON = "application/json"


@dataclass(frozen=True)
class Resources:
    certificates: ReadingCertificates
    alerts: ReadingAlerts

    def summary(self) -> str:
        """Counts of certificates, jobs, agents and dead notifications."""
        return _json(self.certificates.get_summary())

    def certificate(self, certificate_id: str) -> str:
        """One certificate, with all of its names."""
        return _json(self.certificates.get_certificate(certificate_id))

    def notification(self, notification_id: str) -> str:
        """One alert with its last ten attempts."""
        return _json(self.alerts.get_notification(notification_id))

    def dead_letters(self) -> str:
        """The newest alerts that were given up."""
        return _json(self.alerts.list_dead_letters())


def add_resources(server: MCPServer, resources: Resources) -> None:
    by_uri: dict[str, Callable[..., str]] = {
        "certctl://summary": resources.summary,
        "certctl://dead-letters": resources.dead_letters,
        "certctl://certificates/{certificate_id}": resources.certificate,
        "certctl://notifications/{notification_id}": resources.notification,
    }
    for uri, read in by_uri.items():
        server.resource(uri, mime_type=_JSON)(as_resource(read))


def _json(answer: BaseModel) -> str:
    return answer.model_dump_json(indent=2)
