"""A tool that looks a serial up on the published CRLs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from certctl_client.mcp.results import ToolResult
from certctl_client.times import wire

if TYPE_CHECKING:
    from certctl_client.crl.documents import Crl
    from certctl_client.crl.issuer_lists import IssuerLists

Serial = Annotated[str, Field(max_length=80, description="Hex, as in certificates; may contain colons.")]
Issuer = Annotated[str, Field(max_length=128, description="Id of the issuer.")]


@dataclass(frozen=True)
class Checking:
    """`url` is the server's base."""

    url: str

    def check_revocation(self, serial_number: Serial, issuer_id: Issuer = "iss-local") -> ToolResult:
        """Look a serial up on the published CRLs of the issuer, whose signatures and freshness are checked:
        what other programs see. `revoked`: a good CRL lists it. `not_listed`: issued, and on no CRL.
        `unknown`: no CA of the issuer issued it, or a CRL may not be relied on (`faults` says why)."""
        from certctl_client.crl.documents import fingerprint, parse_serial  # loads cryptography.x509
        from certctl_client.crl.issuer_lists import read_lists
        from certctl_client.crl.public import PublicObjects

        serial = parse_serial(serial_number)
        with PublicObjects(self.url) as public:
            found = read_lists(public, issuer_id, serial, None, datetime.now(UTC))
        listed, entry = found.shown, found.entry
        crl = listed.crl
        return ToolResult(
            {
                "serial_number": serial,
                "issuer_id": issuer_id,
                "verdict": _verdict(found),
                "faults": found.faults,
                "reason": entry.reason if entry else None,
                "revoked_at": wire(entry.revoked_at) if entry else None,
                "crl_number": crl.number,
                "crl_entries": len(crl.document),
                "this_update": wire(crl.this_update),
                "next_update": _next_update(crl),
                "ca_sha256": fingerprint(listed.authority),
                "crls_read": len(found.lists),
            }
        )


def _verdict(found: "IssuerLists") -> Literal["revoked", "not_listed", "unknown"]:
    if found.faults or not found.was_issued:
        return "unknown"
    return "revoked" if found.entry else "not_listed"


def _next_update(crl: "Crl") -> str | None:
    return wire(crl.next_update) if crl.next_update else None
