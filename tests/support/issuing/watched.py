"""An issuer whose outcomes a test sees before its worker does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from certctl.connectors.issuers.base import ExternalIssuer
from certctl.domain.issuing.external import (
    IssueOutcome,
    OrderRequest,
    RenewalWindow,
    RevocationOutcome,
    SettleOutcome,
)


class Killed(BaseException):
    """Stops a worker like SIGKILL: nothing that it would do afterwards happens."""


@dataclass
class Watched:
    """The issuer, and what happens between its outcome and the worker."""

    issuer: ExternalIssuer
    after: Callable[[IssueOutcome], None]

    def submit(self, request: OrderRequest) -> IssueOutcome:
        return self._seen(self.issuer.submit(request))

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        return self._seen(self.issuer.advance(request, progress))

    def _seen(self, outcome: IssueOutcome) -> IssueOutcome:
        self.after(outcome)
        return outcome

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        return self.issuer.settle(progress)

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        return self.issuer.revoke(certificate_pem, reason_code)

    def server_fault(self) -> str | None:
        return self.issuer.server_fault()

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        return self.issuer.renewal_window(certificate_pem)
