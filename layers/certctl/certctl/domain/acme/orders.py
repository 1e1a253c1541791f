"""Orders (RFC 8555 section 7.1.3). Their status is derived, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.acme.identifiers import Identifier
from certctl.domain.acme.statuses import OrderStatus
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus

PREFIX = "ord"
LIFETIME = timedelta(days=7)
KEPT = timedelta(days=30)
"""How long an order is kept after it has expired."""
_AUTHORIZED = frozenset({AuthorizationStatus.VALID})
_UNDECIDED = frozenset({AuthorizationStatus.VALID, AuthorizationStatus.PENDING})
_IN_PROCESS = frozenset({JobStatus.PENDING, JobStatus.RUNNING})


@dataclass(frozen=True)
class Order:
    """`identifiers` in the client's order, without duplicates. `mode` is the EAB key's at the time of the
    order. `deactivated` are the places of authorizations that the client deactivated in the mode trusted,
    which stores no authorizations. From `finalized_at` on there are a certificate, a job and the SHA-256 of
    the CSR (DER). `refused` is why nothing can be issued for it any more. `replaces` is the client's
    certificate id (RFC 9773 section 5)."""

    id: str
    account_id: str
    eab_key_id: str
    identifiers: tuple[Identifier, ...]
    profile_id: str
    mode: AuthorizationMode
    created_at: datetime
    expires_at: datetime
    has_profile: bool = False
    """Whether the client named the profile, so that the order shows it."""
    replaces: str | None = None
    deactivated: tuple[int, ...] = ()
    certificate_id: str | None = None
    job_id: str | None = None
    csr_sha256: str | None = None
    finalized_at: datetime | None = None
    downloaded_at: datetime | None = None
    refused: str | None = None
    revision: int = 1

    @property
    def sans(self) -> tuple[str, ...]:
        return tuple(each.san for each in self.identifiers)

    @property
    def is_trusted(self) -> bool:
        return self.mode is AuthorizationMode.TRUSTED


def status_before_finalize(
    order: Order, authorizations: Sequence[Authorization], now: datetime
) -> OrderStatus:
    """The status of an order without a job. `authorizations` are empty in the mode trusted."""
    if order.refused or order.deactivated or order.expires_at <= now:
        return OrderStatus.INVALID
    if order.is_trusted:
        return OrderStatus.READY
    found = {each.status_at(now) for each in authorizations}
    if found <= _AUTHORIZED:
        return OrderStatus.READY
    return OrderStatus.PENDING if found <= _UNDECIDED else OrderStatus.INVALID


def status_after_finalize(order: Order, job: Job | None) -> OrderStatus:
    """The status of a finalized order, by its job."""
    if order.refused or job is None:
        return OrderStatus.INVALID
    if job.status is JobStatus.COMPLETED:
        return OrderStatus.VALID
    return OrderStatus.PROCESSING if job.status in _IN_PROCESS else OrderStatus.INVALID
