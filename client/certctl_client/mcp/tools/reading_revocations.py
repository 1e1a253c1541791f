"""A tool that reads one revocation."""

from dataclasses import dataclass

from certctl_client.api.resources import Stack
from certctl_client.mcp import presenting
from certctl_client.mcp.results import ToolResult, selected
from certctl_client.mcp.tools.checking import Serial


@dataclass(frozen=True)
class ReadingRevocations:
    stack: Stack

    def revocation_status(self, serial_number: Serial) -> ToolResult:
        """How far a revocation has spread: its reason and date, the CRL that lists it, and in `receipt` after
        how many seconds a relying party first saw it in a CRL and by OCSP; `issuer_revocation` and
        `issuer_reason` are an external issuer's. For a serial that may not be revoked, use
        check_revocation."""
        from certctl_client.crl.documents import parse_serial  # loads cryptography.x509

        found = self.stack.revocations.get(parse_serial(serial_number))
        return ToolResult({"revocation": selected(found, presenting.REVOCATION)})
