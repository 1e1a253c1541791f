"""The connector of a CA that finds a certificate by its order."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from certctl.connectors.issuers.base import IssuerDependencies, IssuerUnavailable
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.issuing.external import (
    Issued,
    IssueOutcome,
    NothingSigned,
    OrderRequest,
    Pending,
    ReasonRefused,
    Rejected,
    RenewalWindow,
    RevocationConfirmed,
    RevocationOutcome,
    SettleOutcome,
    StartOver,
    Unknown,
)
from examples.lab_ca.lab import Lab, LabDown, LabRefused, NoResponse, NoSuchTicket

_AT_ONCE = timedelta()


@dataclass(frozen=True)
class LabIssuers:
    """`build` is the factory of the kind. Fields are for what this kind alone needs."""

    lab: Lab

    def build(self, entry: AnyEntry, dependencies: IssuerDependencies) -> "LabIssuer":
        return LabIssuer(self.lab, entry.id, entry.content.config.get("level", "normal"), dependencies)


@dataclass(frozen=True)
class LabIssuer:
    lab: Lab
    issuer_id: str
    level: str
    dependencies: IssuerDependencies

    def submit(self, request: OrderRequest) -> IssueOutcome:
        """After a crash the next call opens another order. Nothing is signed for the first one."""
        names = [value for _, value in request.names]
        try:
            with self.call():
                ticket = self.lab.open(names, self.level)
        except LabRefused as refused:
            return Rejected(str(refused))
        # The next step signs, and an open order is to be closed if that step never comes.
        return Pending({"ticket": ticket}, _AT_ONCE, may_be_signed=True, needs_cleanup=True)

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        """After a crash or a lost response the same call returns the same chain: the lab finds it by the
        ticket."""
        try:
            with self.call():
                return Issued(self.lab.sign_for(progress["ticket"], request.csr_pem))
        except NoSuchTicket:
            return StartOver(timedelta(seconds=30))
        except NoResponse as lost:
            raise IssuerUnavailable(str(lost)) from None

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        """Signs nothing, and closes the order, so that NothingSigned stays true."""
        ticket = progress["ticket"]
        try:
            with self.call():
                chain = self.lab.find(ticket)
                if chain is not None:
                    return Issued(chain)
                self.lab.close(ticket)
        except NoSuchTicket:
            return Unknown("the lab has lost the order")
        return NothingSigned()

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        if reason_code not in self.lab.takes_reasons:
            return ReasonRefused(f"the lab does not take reason {reason_code}")
        try:
            with self.call():
                was_revoked = self.lab.revoke(certificate_pem, reason_code)
        except LabRefused as refused:
            return Rejected(str(refused))
        return RevocationConfirmed(was_revoked)

    def server_fault(self) -> str | None:
        try:
            with self.call():
                self.lab.ping()
        except IssuerUnavailable as failure:
            return failure.detail
        return None

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        """The lab suggests none."""
        return None

    @contextmanager
    def call(self) -> Iterator[None]:
        """Records the contact, for what the API shows of the issuer: a refusal is a response."""
        fault: str | None = None
        try:
            yield
        except LabDown as down:
            fault = str(down)
            raise IssuerUnavailable(fault, down.wait) from None
        except NoResponse as lost:
            fault = str(lost)
            raise
        finally:
            self.dependencies.health.record(self.issuer_id, fault)
