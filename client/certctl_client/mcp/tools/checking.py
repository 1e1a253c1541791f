"""Whether a serial is revoked, by the list that everybody reads."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from certctl_client.crl.checks import faults_of, issuer_of
from certctl_client.crl.documents import Crl, Entry, fingerprint, load_certificates, load_crl, parse_serial
from certctl_client.crl.public import PublicObjects
from certctl_client.mcp.models import RevocationCheck
from certctl_client.times import wire

Serial = Annotated[
    str, Field(max_length=80, description="Hex, as certificates show it; colons may be in it.")
]
Issuer = Annotated[str, Field(max_length=128, description="Id of the issuer.")]


@dataclass(frozen=True)
class Checking:
    """`url` is the server's base."""

    url: str

    def check_revocation(self, serial_number: Serial, issuer_id: Issuer = "iss-local") -> RevocationCheck:
        """Fetch the issuer's published CRL, check signature and freshness, and look the serial up.

        `revoked`: it is on a good CRL. `not_listed`: it is not; the CRL does not say that it was ever issued.
        """
        serial = parse_serial(serial_number)
        with PublicObjects(self.url) as public:
            crl = load_crl(public.crl(issuer_id)[1])
            authority = issuer_of(crl, load_certificates(public.ca_certificate(issuer_id)[1]))
        faults, entry = faults_of(crl, authority, datetime.now(UTC)), crl.entry(serial)
        return RevocationCheck(
            serial_number=serial,
            issuer_id=issuer_id,
            verdict=_verdict(faults, entry),
            faults=faults,
            reason=entry.reason if entry else None,
            revoked_at=wire(entry.revoked_at) if entry else None,
            crl_number=crl.number,
            crl_entries=len(crl.document),
            this_update=wire(crl.this_update),
            next_update=_next_update(crl),
            ca_sha256=fingerprint(authority),
        )


def _verdict(faults: list[str], entry: Entry | None) -> Literal["revoked", "not_listed", "unknown"]:
    if faults:
        return "unknown"
    return "revoked" if entry else "not_listed"


def _next_update(crl: Crl) -> str | None:
    return wire(crl.next_update) if crl.next_update else None
