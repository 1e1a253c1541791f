"""Requests to external issuers and their results: values, so that nothing is lost in an exception."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.policies.profiles import Profile
from certctl.domain.retries import RetrySchedule

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


def allowed_wait(asked: timedelta) -> timedelta:
    """The wait that an issuer asked for: LONGEST_WAIT at most, never below 0."""
    return max(timedelta(), min(asked, LONGEST_WAIT))


@dataclass(frozen=True)
class LeafTerms:
    """What the record and its profile say of the certificate, for an issuer that does not decide it alone."""

    extended_key_usages: tuple[str, ...]
    backdated: timedelta
    """How long before its issuance the certificate begins."""
    lifetime: timedelta
    """From its beginning to its end."""


def terms_of(profile: Profile, now: datetime) -> LeafTerms:
    begins, ends = profile.validity(now)
    return LeafTerms(profile.extended_key_usages, now.replace(microsecond=0) - begins, ends - begins)


@dataclass(frozen=True)
class OrderRequest:
    csr_pem: str
    names: tuple[tuple[str, str], ...]
    """(`dns` | `ip`, value), exactly those of the CSR."""
    replaces: str | None = None
    """The PEM of the version that a renewal replaces."""
    is_repeated: bool = False
    """Whether an earlier call of `advance` with the same progress may have reached the issuer: its worker
    stopped before it reported a result. False after IssuerUnavailable, which is a result."""
    terms: LeafTerms | None = None
    """The terms of a new order, for `submit`; an order keeps those that it was made with."""


@dataclass(frozen=True)
class RenewalWindow:
    """When the issuer suggests to renew (RFC 9773); queried again after `refresh_after`."""

    start: datetime
    end: datetime
    refresh_after: timedelta


@dataclass(frozen=True)
class Issued:
    """The certificate is there. The worker checks it against the request."""

    chain_pem: str
    """The leaf first."""
    window: RenewalWindow | None = None
    faults: tuple[str, ...] = ()
    """What the issuer signed otherwise than it was asked to, beyond what the worker checks itself: with any
    the certificate is refused."""


OWN_KEY = "certctl"
"""The key in a stored order that is not the issuer's."""


@dataclass(frozen=True)
class Pending:
    """Not finished: stored with the job, and `advance` is called after the wait. No field has a default: an
    issuer says each of them with each step."""

    progress: Mapping[str, Any]
    """The issuer's own, as JSON; never empty. `advance` and `settle` get it back, and nothing else."""
    wait: timedelta
    """Until the next step."""
    may_be_signed: bool
    """Whether the next step, or an earlier one, may have a certificate signed. It is stored before that step:
    if the job ends early, the order is settled, and what was signed is revoked."""
    needs_cleanup: bool
    """Whether the order has left something that `settle` removes, such as DNS records."""

    def __post_init__(self) -> None:
        if not self.progress or OWN_KEY in self.progress:
            raise ValueError(f"progress is not empty, and has no key {OWN_KEY}")


@dataclass(frozen=True)
class StartOver:
    """The issuer does not know the order any more. Another one is submitted after the wait; this one is
    settled, if it may be signed or needs cleanup."""

    wait: timedelta


@dataclass(frozen=True)
class Rejected:
    """Refused for good: the same request would be refused again."""

    reason: str
    nothing_signed: bool = False
    """Whether the issuer knows that nothing was signed, and nothing will be: the order is not settled."""


@dataclass(frozen=True)
class Unknown:
    """The issuer may have signed a certificate, and the connector cannot find out: a signing call without an
    answer, at a CA that finds nothing by the request. A person is alerted, once. The order's job fails; its
    settlement goes on."""

    reason: str


IssueOutcome = Issued | Pending | StartOver | Rejected | Unknown


@dataclass(frozen=True)
class StillOpen:
    """The order may still be signed: `settle` is called again after the wait, or the pause of an outage if
    that is longer."""

    wait: timedelta


@dataclass(frozen=True)
class NothingSigned:
    """Nothing was signed for the order, and nothing will be."""


SettleOutcome = Issued | StillOpen | NothingSigned | Unknown


@dataclass(frozen=True)
class RevocationConfirmed:
    """The certificate is revoked at the issuer."""

    was_revoked: bool = False
    """An earlier request has revoked it, whose reason the issuer keeps."""


@dataclass(frozen=True)
class ReasonRefused:
    """The issuer did not revoke the certificate because it does not take this reason."""

    detail: str


RevocationOutcome = RevocationConfirmed | ReasonRefused | Rejected
