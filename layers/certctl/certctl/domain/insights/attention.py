"""What needs a person now: lines, each with a count, the worst examples, and how urgent it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.certificates.urgencies import Urgency

CSR_PATIENCE = timedelta(minutes=10)
"""Agents supply a signing request within a minute or two: only an older job waits for a person."""
MOST_SHOWN = 3
_SLOW = timedelta(seconds=150)
AGENTS_KEPT = timedelta(minutes=6)
"""Maintenance counts the agents of a large fleet every 5 minutes. One that polls as rarely is offline after
13 minutes without a contact."""
POLICIES_KEPT = _SLOW
"""Renewal policies, which say when a certificate is urgent, are not read with each report."""


class AttentionKind(StrEnum):
    """In the order in which lines of the same urgency are shown."""

    EXPIRED = "expired"
    EXPIRING_SOON = "expiring_soon"
    CAMPAIGNS = "campaigns"
    CRLS_LATE = "crls_late"
    CHANNELS_DOWN = "channels_down"
    DEAD_LETTERS = "dead_letters"
    NO_CHANNEL = "no_channel"
    STUCK_RENEWALS = "stuck_renewals"
    ACME_STOPPED = "acme_stopped"
    AGENTS_OFFLINE = "agents_offline"
    VIOLATIONS = "violations"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_CSR = "awaiting_csr"
    NAMES_UNLIMITED = "names_unlimited"


KEPT_LINES = {
    AttentionKind.CAMPAIGNS: _SLOW,
    AttentionKind.CHANNELS_DOWN: _SLOW,
    AttentionKind.NO_CHANNEL: _SLOW,
    AttentionKind.CRLS_LATE: _SLOW,
    AttentionKind.VIOLATIONS: _SLOW,
    AttentionKind.NAMES_UNLIMITED: _SLOW,
    AttentionKind.AGENTS_OFFLINE: AGENTS_KEPT,
}
"""How old these may be in a report: they change slowly, and to read them takes most of its calls."""


@dataclass(frozen=True)
class AttentionItem:
    """One of the worst of a line: a certificate, job, channel, notification, agent, CA, policy, team or
    campaign, by the line's kind."""

    id: str
    name: str
    at: datetime | None = None
    """When a certificate expires or expired, a CRL ends, a campaign has its deadline; since when anything
    else is as it is."""
    state: str = ""
    detail: str = ""
    """The last error, if there is one; of a campaign what its certificates wait for."""
    certificate_id: str | None = None
    """The certificate of a job or a notification; of a campaign, for callers who may not read campaigns, one
    that waits."""
    expires_at: datetime | None = None
    """When the certificate of a job expires, if it has been issued."""
    count: int | None = None
    """Alerts that wait for a channel, violations of a policy, late CRLs of a CA, certificates that a campaign
    has left."""


@dataclass(frozen=True)
class AttentionLine:
    kind: AttentionKind
    urgency: Urgency
    count: int
    """The count of the line's list; at least so many if it is not `is_complete`. 1 for what has no list."""
    worst: tuple[AttentionItem, ...]
    since: datetime | None = None
    """The time of the oldest item; None if that is unknown."""
    is_complete: bool = True


@dataclass(frozen=True)
class AttentionReport:
    lines: tuple[AttentionLine, ...]
    """The most urgent first; none of them is empty."""
    unknown: tuple[AttentionKind, ...]
    """The kinds that cannot be counted now."""
    completed_at: datetime
    read_at: Mapping[AttentionKind, datetime] = field(default_factory=dict)
    """When the KEPT_LINES were read; others were read at `completed_at`."""

    def age_of(self, kind: AttentionKind) -> timedelta:
        """How much older than the report it is."""
        return self.completed_at - self.read_at.get(kind, self.completed_at)

    @property
    def critical(self) -> int:
        """How many lines are critical."""
        return sum(line.urgency is Urgency.CRITICAL for line in self.lines)


def in_order(lines: Iterable[AttentionLine]) -> tuple[AttentionLine, ...]:
    urgencies, kinds = list(Urgency), list(AttentionKind)
    return tuple(sorted(lines, key=lambda line: (urgencies.index(line.urgency), kinds.index(line.kind))))
