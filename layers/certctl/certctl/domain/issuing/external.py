"""What an external issuer is asked, and what it answers: values, so that nothing is lost in an exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.due_work import RetrySchedule

EXTERNAL_WORKER = Actor("system/external_issuer_worker", ActorType.SYSTEM)
PATIENCE = timedelta(hours=48)
"""So long after its first attempt a job still waits for an issuer that is down, or that is not done."""
REVOCATION_PATIENCE = timedelta(days=7)
REVOCATION_OVERDUE = timedelta(minutes=15)
OUTAGE_SCHEDULE = RetrySchedule(max_attempts=1_000_000, base_seconds=30, cap_seconds=1800)
"""Bounded by PATIENCE: an outage of a day takes about fifty attempts."""
MAX_LOST_ATTEMPTS = 20
"""An attempt that kills its worker is not repeated for two days."""
_EXTERNAL_PREFIX = "ext."


def external_ca_id(issuer_id: str) -> str:
    """Serials of an external issuer are known under this; local CAs are `ca-<ulid>`."""
    return f"{_EXTERNAL_PREFIX}{issuer_id}"


def is_external(ca_id: str) -> bool:
    """Whether its revocations are the issuer's to publish: they are in no CRL of ours."""
    return ca_id.startswith(_EXTERNAL_PREFIX)


@dataclass(frozen=True)
class OrderRequest:
    """`names` are (`dns` | `ip`, value), exactly those of the CSR. `replaces` is the PEM of the version that
    a renewal replaces."""

    csr_pem: str
    names: tuple[tuple[str, str], ...]
    replaces: str | None = None


@dataclass(frozen=True)
class RenewalWindow:
    """When the issuer suggests to renew (RFC 9773); asked again after `refresh_after`."""

    start: datetime
    end: datetime
    refresh_after: timedelta


@dataclass(frozen=True)
class Issued:
    """`chain_pem`: the leaf first. Nothing of it is checked yet."""

    chain_pem: str
    window: RenewalWindow | None = None


@dataclass(frozen=True)
class Pending:
    """Not done: `progress` is kept with the job until then. It is the issuer's own, but for two names that
    every issuer gives what it says: `finalizing` (a certificate may be signed) and `records` (DNS records
    that have to go)."""

    progress: Mapping[str, Any]
    retry_after: timedelta


@dataclass(frozen=True)
class Rejected:
    """For good: the same request would be refused again."""

    reason: str


IssueOutcome = Issued | Pending | Rejected


class RevocationState(StrEnum):
    """Of a revocation that an external issuer has to publish."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class RevocationConfirmed:
    """The issuer says that the certificate is revoked, by this request or before."""


RevocationOutcome = RevocationConfirmed | Rejected
