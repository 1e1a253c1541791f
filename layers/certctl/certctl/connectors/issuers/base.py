"""The issuer's side of one order. What passes by itself raises `IssuerUnavailable`; all else is a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.aws.secrets import Secrets
from certctl.domain.due_work import Nudge
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

    def directory_fault(self) -> str | None:
        """Why the server is not one of its kind; None where it answered as one. Changes nothing there."""

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        """When the issuer suggests to renew it; None where it has no opinion."""


@dataclass(frozen=True)
class Issuers:
    """How the worker reaches the world: issuers by id (None for one that is gone or disabled; raises
    InvalidInput where its configuration cannot work), and the queues that it wakes, best effort."""

    find: Callable[[str], ExternalIssuer | None]
    nudge_job: Callable[[Nudge, float], None]
    nudge_notifications: Callable[[list[Nudge]], None]


@dataclass(frozen=True)
class IssuerWorld:
    """What connectors reach the world with. The store keeps an account's URL by issuer, and what a token of
    http-01 is answered with; `client` makes boto3 clients by service. `record_contact` takes an issuer's id,
    and why it did not answer (None where it did); it never raises."""

    stack: str
    guard: AddressGuard
    secrets: Secrets
    client: Callable[[str], Any]
    read_account: Callable[[str], str | None]
    write_account: Callable[[str, str], None]
    publish_token: Callable[[str, str], None]
    record_contact: Callable[[str, str | None], None]
