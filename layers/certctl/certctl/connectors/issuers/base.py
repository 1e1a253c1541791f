"""The issuer's side of one order. What passes by itself raises `IssuerUnavailable`; all else is a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.aws.secrets import Secrets
from certctl.domain.errors import Unavailable
from certctl.domain.issuing.external import (
    IssueOutcome,
    OrderRequest,
    RenewalWindow,
    RevocationOutcome,
)

STEP_SECONDS = 40.0
"""What one call may take, whatever the far side does."""


class IssuerUnavailable(Unavailable):
    """The issuer, or what proves control of names, did not answer, or asks to come back later. `detail` is a
    sentence without secrets."""

    def __init__(self, detail: str, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ExternalIssuer(Protocol):
    """Each call is one bounded step. An order is found again by its progress alone."""

    def submit(self, request: OrderRequest) -> IssueOutcome:
        """A new order."""

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        """The next step; finds out by itself how far the order came."""

    def settle(self, progress: Mapping[str, Any]) -> IssueOutcome:
        """What came of an order that nobody wants any more: Issued, Pending while that may still be, Rejected
        where nothing was signed and nothing will be. Never takes it further; takes out what proved its
        names."""

    def revoke(self, certificate_pem: str, reason_code: int) -> RevocationOutcome:
        """Revokes one certificate, by the certificate itself."""

    def server_fault(self) -> str | None:
        """Why the server is not one of its kind; None where it answered as one. Changes nothing there."""

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        """When the issuer suggests to renew it; None where it has no opinion."""


FindIssuer = Callable[[str], ExternalIssuer | None]
"""By id; None for one that is gone or disabled. Raises InvalidInput if its configuration cannot work."""


class HealthLog(Protocol):
    """When issuers' servers answered: kept by the worker, and not at all by the test of an issuer, which
    stores its result itself."""

    def record(self, issuer_id: str, error: str | None) -> None:
        """`error` is why the server did not answer, None if it did. Never raises."""


@dataclass(frozen=True)
class IssuerDependencies:
    """What connectors reach their servers with. What one kind alone needs, its factory has."""

    stack: str
    guard: AddressGuard
    secrets: Secrets
    client: Callable[[str], Any]
    """Makes boto3 clients by service."""
    health: HealthLog
