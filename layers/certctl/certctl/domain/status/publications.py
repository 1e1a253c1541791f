"""The log of published CRLs: from which CRL on a revocation is public."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from certctl.domain.authorities.authorities import CRL_VALIDITY, CrlShard
from certctl.domain.issuing.external_cas import is_external
from certctl.domain.revocation.revocations import Revocation

KEPT = timedelta(days=400)
"""How long the log is kept."""

MOST_NAMED = 100
"""More new entries than this are counted, not named: the row of the log stays small."""

REBUILT_WITHIN = timedelta(seconds=60)
"""The time after a revocation within which its CRL is rebuilt
(docs/revocation.md#when-a-revocation-is-public)."""

CLOCKS_DIFFER = timedelta(seconds=5)
_COMMITTED_WITHIN = timedelta(seconds=60)
"""Longer than an API function may run: a CRL whose reading began later has the revocation."""


class PublicationState(StrEnum):
    """`due`: no published CRL is known to list it. `expired`: it was listed, and is no longer, because the
    certificate has expired (RFC 5280 section 3.3). `issuer`: an external issuer publishes it."""

    PUBLISHED = "published"
    DUE = "due"
    EXPIRED = "expired"
    ISSUER = "issuer"


@dataclass(frozen=True)
class PublishedCrl:
    """One published CRL. `began`: before its revocations were read. `added`: the serials that its predecessor
    did not list, None if there are more than `MOST_NAMED`."""

    ca_id: str
    shard: str
    crl_number: int
    began: datetime
    published_at: datetime
    this_update: datetime
    entries: int
    added: tuple[str, ...] | None = None


@dataclass(frozen=True)
class RevocationPublication:
    """Where a revocation is public. `is_first` is false if a CRL before `crl_number` may list it too.
    `due_by` is set while it is due."""

    revocation: Revocation
    state: PublicationState
    crl_url: str | None = None
    crl_number: int | None = None
    published_at: datetime | None = None
    is_first: bool = False
    due_by: datetime | None = None


def named(serials: Iterable[str]) -> tuple[str, ...] | None:
    """The `added` of a publication."""
    ordered = tuple(sorted(serials))
    return ordered if len(ordered) <= MOST_NAMED else None


def publication_of(
    revocation: Revocation, shard: CrlShard | None, log: Sequence[PublishedCrl], changes: int
) -> RevocationPublication:
    """`shard`, its `log` from the revocation on, oldest first, and `changes`, the sum of its change counters,
    read after the revocation."""
    if is_external(revocation.ca_id):
        return RevocationPublication(revocation, PublicationState.ISSUER)
    if shard is None:
        return _due(revocation, None)
    first = next((each for each in log if _lists(each, revocation)), None)
    if first is not None:
        is_first = revocation.serial_number in (first.added or ())
        return _published(revocation, shard, first.crl_number, first.published_at, is_first=is_first)
    if shard.this_update is not None and shard.changes == changes:
        at = shard.published_at or shard.this_update
        return _published(revocation, shard, shard.crl_number, at, is_first=False)
    return _due(revocation, shard.url)


def _lists(published: PublishedCrl, revocation: Revocation) -> bool:
    """Whether that is certain: `revoked_at` is taken before the revocation is committed."""
    if revocation.serial_number in (published.added or ()):
        return True
    return published.began >= revocation.revoked_at + _COMMITTED_WITHIN


def _published(
    revocation: Revocation, shard: CrlShard, number: int, at: datetime, *, is_first: bool
) -> RevocationPublication:
    has_ended = shard.this_update is not None and revocation.not_after + CRL_VALIDITY < shard.this_update
    state = PublicationState.EXPIRED if has_ended else PublicationState.PUBLISHED
    return RevocationPublication(revocation, state, shard.url, number, at, is_first)


def _due(revocation: Revocation, crl_url: str | None) -> RevocationPublication:
    due_by = revocation.revoked_at + REBUILT_WITHIN
    return RevocationPublication(revocation, PublicationState.DUE, crl_url, due_by=due_by)
