"""The interface of external issuers. A failure that passes by itself raises `IssuerUnavailable`; all other
results are values. docs/issuers.md, "Write an issuer"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.aws.services import Service
from certctl.domain.errors import Unavailable
from certctl.domain.issuing.external import (
    IssueOutcome,
    OrderRequest,
    Pending,
    RenewalWindow,
    RevocationOutcome,
    SettleOutcome,
)

STEP_SECONDS = 40.0
"""The time limit of one call, whatever the far side does."""


class IssuerUnavailable(Unavailable):
    """The issuer, or what proves control of names, did not respond, or asks to come back later. The same call
    may be made again: a signing call without a response is Unknown instead, unless the issuer finds the
    certificate by the stored progress.

    `detail` is a sentence without secrets, `retry_after` the wait that the issuer asked for. `order` is what
    `advance` stores of the order, if that changes with the failure; its wait does not count."""

    def __init__(
        self, detail: str, retry_after: timedelta | None = None, order: Pending | None = None
    ) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
        self.order = order


class ExternalIssuer(Protocol):
    """Each call is one step of at most STEP_SECONDS. An order is identified by its stored progress alone: a
    worker may stop after any call, before the outcome is stored, and the same call comes again."""

    def submit(self, request: OrderRequest) -> IssueOutcome:
        """A new order. Nothing is signed in this step, because no progress is stored yet."""

    def advance(self, request: OrderRequest, progress: Mapping[str, Any]) -> IssueOutcome:
        """The next step; finds out by itself how far the order is. Signs only if the progress was stored with
        `may_be_signed`."""

    def settle(self, progress: Mapping[str, Any]) -> SettleOutcome:
        """The result of an order that is not wanted any more. Never advances it; removes what it left, such
        as DNS records."""

    def revoke(self, certificate_pem: str, reason_code: int | None) -> RevocationOutcome:
        """Revokes one certificate, identified by the certificate itself. `reason_code` is a CRLReason of RFC
        5280, section 5.3.1; None if the request must not name one. `ReasonRefused` if another reason, or
        none, may be accepted."""

    def server_fault(self) -> str | None:
        """Why the server is not one of its kind; None if it responded as one. Changes nothing there."""

    def renewal_window(self, certificate_pem: str) -> RenewalWindow | None:
        """When the issuer suggests to renew it; None without a suggestion."""


class HealthLog(Protocol):
    """Records contacts with issuers' servers."""

    def record(self, issuer_id: str, error: str | None) -> None:
        """`error` is why the server did not respond, None if it did. Never raises."""


class UnkeptHealth:
    """The health in the test of an issuer, which stores its result itself."""

    def record(self, issuer_id: str, error: str | None) -> None:
        pass


@dataclass(frozen=True)
class IssuerDependencies:
    """The common dependencies of connectors. The factory of a kind has what that kind alone needs."""

    stack: str
    guard: AddressGuard
    secrets: Secrets
    client: Callable[[Service], Any]
    """Creates boto3 clients by service."""
    health: HealthLog
