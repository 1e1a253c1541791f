"""The connector of a CA whose one call signs, and that finds no certificate by its request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from certctl.connectors.issuers.base import IssuerDependencies
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.issuing.external import (
    Issued,
    IssueOutcome,
    OrderRequest,
    Pending,
    Rejected,
    RenewalWindow,
    RevocationOutcome,
    SettleOutcome,
    Unknown,
)
from examples.lab_ca.issuer import LabIssuer, LabIssuers
from examples.lab_ca.lab import Lab, LabRefused, NoResponse


@dataclass(frozen=True)
class OneCallIssuers:
    lab: Lab

    def build(self, entry: AnyEntry, dependencies: IssuerDependencies) -> "OneCallIssuer":
        return OneCallIssuer(self.lab, LabIssuers(self.lab).build(entry, dependencies))


@dataclass(frozen=True)
class OneCallIssuer:
    lab: Lab
    rest: LabIssuer
    """What this kind does in the same way."""

    def submit(self, request: OrderRequest) -> IssueOutcome:
        """Calls nothing: that the next step may sign is stored before it is made."""
        return Pending({"call": "sign"}, timedelta(), may_be_signed=True, needs_cleanup=False)

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        """Never signs twice for one order: nobody would know the first certificate."""
        if request.is_repeated:
            return Unknown("a worker stopped during the signing call")
        try:
            with self.rest.call():
                return Issued(self.lab.sign_at_once(request.csr_pem))
        except LabRefused as refused:
            return Rejected(str(refused))
        except NoResponse:
            return Unknown("the signing call had no response")

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        return Unknown("the lab finds no certificate by its request")

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        return self.rest.revoke(certificate_pem, reason_code)

    def server_fault(self) -> str | None:
        return self.rest.server_fault()

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        return self.rest.renewal_window(certificate_pem)
