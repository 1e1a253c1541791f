"""The times of a CRL (docs/revocation.md#how-crls-are-made). All follow from the moment at which the reading
of its revocations began."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from certctl.domain.authorities.authorities import CRL_VALIDITY, ROOT_CRL_VALIDITY, CrlShard

_VALIDITY: Mapping[str, timedelta] = MappingProxyType({"issuing": CRL_VALIDITY, "root": ROOT_CRL_VALIDITY})
_BACKDATED = timedelta(minutes=5)
"""OpenSSL allows for no difference between clocks: to one that is behind, a new CRL is from the future."""

SPACING = timedelta(seconds=15)
"""One CRL is published at most so often."""
_SPACING_OF_LARGE = timedelta(minutes=15)
_LARGE = 100_000
"""Entries: a CRL that joins more is made less often, unless its own shard changed."""


@dataclass(frozen=True)
class CrlTimes:
    """`over_before`: certificates that ended before then need no entry any more; of them those that ended
    before `drops_before` are left out, because a CRL after their end has listed them."""

    this_update: datetime
    next_update: datetime
    over_before: datetime
    drops_before: datetime


def times_of(role: str, began: datetime, last_this_update: datetime | None) -> CrlTimes:
    """The times of a CRL of a CA of that role whose reading began then. thisUpdate never falls below that of
    the preceding CRL. An entry stays until a CRL after its certificate's end has listed it (RFC 5280, section
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
    """The times of the CRL that joins others, at least one, with these thisUpdates and nextUpdates: the
    earliest of theirs, because each is a promise about every entry. One that the tables' revocations made, as
    earlier releases did, may have had a later thisUpdate: then that stays."""
    earliest = min(this_update for this_update, _ in joined)
    over_before = max(this_update for this_update, _ in joined) - _VALIDITY[role]
    return CrlTimes(
        this_update=max(earliest, last_this_update or earliest),
        next_update=min(next_update for _, next_update in joined),
        over_before=over_before,
        drops_before=over_before,
    )


def times_beside(role: str, own: CrlTimes, joined: Sequence[tuple[datetime, datetime]]) -> CrlTimes:
    """The times of a CRL with entries of its own, which have the times `own`, that joins others beside them.
    It begins later than those: programs that keep one CRL of an issuer keep the one with the latest
    thisUpdate, and this is the one that lists everything. It ends with the first of them."""
    # ADR 46: a program that keeps one CRL an issuer must keep this one.
    latest = max(this_update for this_update, _ in joined)
    return replace(
        own,
        this_update=max(own.this_update, latest + timedelta(seconds=1)),
        next_update=min(own.next_update, *(next_update for _, next_update in joined)),
        over_before=max(own.over_before, latest - _VALIDITY[role]),
    )


def is_to_be_joined(shard: CrlShard, joined: Sequence[CrlShard]) -> bool:
    """Whether a CRL is to be made again because of the published ones that it joins: they have changed, each
    was renewed, or there are more of them."""
    renewed = [each.next_update for each in joined if each.next_update]
    if not renewed:
        return False
    is_older = shard.next_update is None or shard.next_update < min(renewed)
    covered = sum(each.covered for each in joined)
    if not shard.is_numbered:
        return is_older or shard.changes != covered
    return is_older or shard.joined_changes != covered or shard.joins != len(joined)


def spacing_of(joined: Sequence[CrlShard], least: timedelta = SPACING) -> timedelta:
    """The time between two editions of the CRL that joins these."""
    is_large = sum(each.entries or 0 for each in joined) > _LARGE
    return _SPACING_OF_LARGE if is_large else least
