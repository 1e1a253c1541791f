"""Into how many CRLs the revocations of a CA are split, and which CRLs join others (ADR 46)."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.authorities.authorities import FIRST_SHARD, Authority, CrlShard


@dataclass(frozen=True)
class Sharding:
    """A CA begins with one complete CRL. Once that has more than `split_over` entries, a quarter of a
    megabyte, new leaves spread over `first` shards. With more than `full_with` entries in each on average,
    half a megabyte, their number doubles, up to `most`. CAs of earlier releases, without a complete CRL, have
    `first` shards at least."""

    first: int = 16
    split_over: int = 5_000
    full_with: int = 10_000
    most: int = 128


DEPLOYED = Sharding()


def shards_to_open(
    authority: Authority, shards: Sequence[CrlShard], sharding: Sharding = DEPLOYED
) -> list[CrlShard]:
    """The shards that an issuing CA needs beside the open ones of `shards`. None ever closes: leaves name
    them."""
    known = {shard.shard: shard for shard in shards}
    wanted = map(str, range(_shards_wanted(shards, sharding)))
    found = (known.get(number) or closed_shard(authority, number) for number in wanted)
    return [shard for shard in found if not shard.open]


def following_shard(authority: Authority, shards: Sequence[CrlShard]) -> CrlShard:
    """The shard that comes after those of an issuing CA: their numbers have no gap."""
    return closed_shard(authority, str(sum(shard.is_numbered for shard in shards)))


def complete_of(shards: Sequence[CrlShard]) -> CrlShard | None:
    """The complete CRL that leaves name; None for a CA of an earlier release."""
    return next((shard for shard in shards if shard.is_numbered and shard.complete), None)


def joined_by(shard: CrlShard, shards: Sequence[CrlShard]) -> list[CrlShard]:
    """The published CRLs among those of its CA whose entries the CRL of `shard` has beside its own: for a
    complete one those of the other shards, for `all` the complete one, or those of all shards."""
    numbered = [each for each in shards if each.is_numbered and each.crl_number]
    if not shard.is_numbered:
        complete = complete_of(numbered)
        return [complete] if complete else numbered
    return [each for each in numbered if each.shard != shard.shard] if shard.complete else []


def _shards_wanted(shards: Sequence[CrlShard], sharding: Sharding) -> int:
    is_open, complete = sum(shard.open for shard in shards), complete_of(shards)
    if is_open < sharding.first:
        is_small = complete is not None and (complete.entries or 0) <= sharding.split_over
        return 1 if is_small else sharding.first
    is_full = _entries(shards, complete) > sharding.full_with * is_open
    return min(2 * is_open, sharding.most) if is_full else is_open


def _entries(shards: Sequence[CrlShard], complete: CrlShard | None) -> int:
    counted = [complete] if complete else [shard for shard in shards if shard.is_numbered]
    return sum(shard.entries or 0 for shard in counted)


def closed_shard(authority: Authority, number: str) -> CrlShard:
    """Beside the first one, whose URL was fixed with the CA."""
    folder = authority.crl_url.removesuffix(f"/{FIRST_SHARD}.crl")
    return CrlShard(authority.ca_id, number, f"{folder}/{number}.crl", open=False)
