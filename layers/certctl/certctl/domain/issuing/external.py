"""Requests to external issuers and their results: values, so that nothing is lost in an exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.due_work import RetrySchedule

EXTERNAL_WORKER = Actor("system/external_issuer_worker", ActorType.SYSTEM)
PATIENCE = timedelta(hours=48)
"""How long after its first attempt a job waits for an issuer that is down or not finished."""
REVOCATION_PATIENCE = timedelta(days=7)
REVOCATION_OVERDUE = timedelta(minutes=15)
OUTAGE_SCHEDULE = RetrySchedule(max_attempts=1_000_000, base_seconds=30, cap_seconds=1800)
"""Bounded by PATIENCE: an outage of a day takes about fifty attempts."""
MAX_LOST_ATTEMPTS = 20
"""An attempt that kills its worker is not repeated for two days."""
LONGEST_WAIT = timedelta(hours=24)
"""The longest wait that an issuer may ask for."""
_EXTERNAL_PREFIX = "ext."


def allowed_wait(asked: timedelta) -> timedelta:
    """The wait that an issuer asked for: LONGEST_WAIT at most, never below 0."""
    return max(timedelta(), min(asked, LONGEST_WAIT))


def external_ca_id(issuer_id: str) -> str:
    """Prefix of an external issuer in place of a CA id; local CAs are `ca-<ulid>`."""
    return f"{_EXTERNAL_PREFIX}{issuer_id}"


def is_external(ca_id: str) -> bool:
    """Whether the issuer publishes its revocations: they are in no CRL of ours."""
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
    """When the issuer suggests to renew (RFC 9773); queried again after `refresh_after`."""

    start: datetime
    end: datetime
    refresh_after: timedelta


@dataclass(frozen=True)
class Issued:
    """`chain_pem`: the leaf first. It is unchecked."""

    chain_pem: str
    window: RenewalWindow | None = None


@dataclass(frozen=True)
class Pending:
    """Not finished: `progress` is stored with the job until then. It is the issuer's own, except for two keys
    that every issuer sets: `finalizing` (a certificate may be signed) and `records` (DNS records to be
    removed)."""

    progress: Mapping[str, Any]
    retry_after: timedelta


@dataclass(frozen=True)
class Rejected:
    """Refused for good: the same request would be refused again."""

    reason: str


IssueOutcome = Issued | Pending | Rejected


class RevocationState(StrEnum):
    """The result of a revocation that an external issuer has to publish."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class RevocationConfirmed:
    """The certificate is revoked at the issuer."""

    was_revoked: bool = False
    """By an earlier request, whose reason the issuer keeps."""


@dataclass(frozen=True)
class ReasonRefused:
    """The issuer did not revoke the certificate because it does not take this reason."""

    detail: str


RevocationOutcome = RevocationConfirmed | ReasonRefused | Rejected
