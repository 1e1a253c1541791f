"""The times of a CRL (status.md sections 1 and 3). All follow from when the reading of its revocations
began."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from certctl.domain.authorities.authorities import ALL_SHARD, CRL_VALIDITY, ROOT_CRL_VALIDITY, CrlShard

_VALIDITY: Mapping[str, timedelta] = MappingProxyType({"issuing": CRL_VALIDITY, "root": ROOT_CRL_VALIDITY})
_BACKDATED = timedelta(minutes=5)
"""OpenSSL allows for no difference between clocks: to one that is behind, a new CRL is from the future."""

SPACING = timedelta(seconds=15)
"""One CRL is published at most so often."""
_SPACING_OF_LARGE = timedelta(minutes=15)
_LARGE = 100_000
"""Entries: with more, `all` is joined less often."""


@dataclass(frozen=True)
class CrlTimes:
    """`over_before`: certificates that ended before then need no entry any more; of them those that ended
    before `drops_before` are left out, because a CRL after their end has listed them."""

    this_update: datetime
    next_update: datetime
    over_before: datetime
    drops_before: datetime


def times_of(role: str, began: datetime, last_this_update: datetime | None) -> CrlTimes:
    """Of a CRL of a CA of that role whose reading began then. thisUpdate never falls below that of the
    preceding CRL. An entry stays until a CRL after its certificate's end has listed it (RFC 5280, section
    3.3), also if none was published for days."""
    validity, second = _VALIDITY[role], began.replace(microsecond=0)
    last = last_this_update or second - _BACKDATED
    this_update = max(second - _BACKDATED, last)
    over_before = this_update - validity
    return CrlTimes(this_update, second + validity, over_before, min(over_before, last))


def is_to_be_renewed(role: str, shard: CrlShard, now: datetime) -> bool:
    """Once a quarter of its validity is over, or before the first one."""
    return shard.next_update is None or now >= shard.next_update - _VALIDITY[role] * 3 / 4


def times_of_joined(
    role: str, joined: Sequence[tuple[datetime, datetime]], last_this_update: datetime | None
) -> CrlTimes:
    """Of the CRL that joins others, at least one, with these thisUpdates and nextUpdates: the earliest of
    theirs, because each is a promise about every entry. One that the tables' revocations made, as earlier
    releases did, may have had a later thisUpdate: then that stays."""
    earliest = min(this_update for this_update, _ in joined)
    over_before = max(this_update for this_update, _ in joined) - _VALIDITY[role]
    return CrlTimes(
        this_update=max(earliest, last_this_update or earliest),
        next_update=min(next_update for _, next_update in joined),
        over_before=over_before,
        drops_before=over_before,
    )


def is_to_be_joined(shard: CrlShard, numbered: Sequence[CrlShard]) -> bool:
    """Whether `all` is to be made again, beside the shards that it joins: they have changed, or each was
    renewed."""
    renewed = [s.next_update for s in numbered if s.next_update]
    if not renewed:
        return False
    is_older = shard.next_update is None or shard.next_update < min(renewed)
    return is_older or shard.changes != sum(s.changes for s in numbered)


def spacing_of(shard: CrlShard, numbered: Sequence[CrlShard], least: timedelta = SPACING) -> timedelta:
    """Between two editions of that CRL; `numbered` are all shards of its CA."""
    is_large = shard.shard == ALL_SHARD and sum(s.entries or 0 for s in numbered) > _LARGE
    return _SPACING_OF_LARGE if is_large else least
