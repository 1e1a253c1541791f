"""The external issuer worker with an issuer whose outcomes a test sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from certctl.connectors.issuers.base import ExternalIssuer
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.issuing.external import (
    IssueOutcome,
    OrderRequest,
    Pending,
    RenewalWindow,
    RevocationConfirmed,
    RevocationOutcome,
    SettleOutcome,
    StillOpen,
)
from certctl.domain.kinds import IssuerType
from tests.support.issuing.external import ExternalPlane

SIGNING = Pending({"ticket": "1"}, timedelta(), may_be_signed=True, needs_cleanup=False)


@dataclass
class ScriptedIssuer:
    """Each call returns what its field holds; all raise `failure` if there is one. `requests` are those of
    `submit` and `advance`."""

    submitted: IssueOutcome = SIGNING
    advanced: IssueOutcome = SIGNING
    settled: SettleOutcome = field(default_factory=lambda: StillOpen(timedelta()))
    revoked: RevocationOutcome = field(default_factory=RevocationConfirmed)
    failure: BaseException | None = None
    calls: list[str] = field(default_factory=list)
    requests: list[OrderRequest] = field(default_factory=list)
    progress: list[Mapping[str, Any]] = field(default_factory=list)

    def submit(self, request: OrderRequest) -> IssueOutcome:
        self.requests.append(request)
        self._called("submit")
        return self.submitted

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        self.requests.append(request)
        self.progress.append(progress)
        self._called("advance")
        return self.advanced

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        self.progress.append(progress)
        self._called("settle")
        return self.settled

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        self._called("revoke")
        return self.revoked

    def server_fault(self) -> str | None:
        return None

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        return None

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.failure is not None:
            raise self.failure


@dataclass
class ScriptedPlane(ExternalPlane):
    script: ScriptedIssuer = field(default_factory=ScriptedIssuer)

    def issuer(self) -> ExternalIssuer:
        return self.script

    def entry(self) -> Entry[Issuer]:
        now = self.plane.pki.clock()
        config = {"directory_url": "https://acme.example.com/dir", "terms_of_service_agreed": True}
        content = Issuer(IssuerType.ACME, config)
        return Entry(Kind.ISSUER, "iss-scripted", "Scripted", content, created_at=now, updated_at=now)
