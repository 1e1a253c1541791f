"""Prefixed ULIDs in lower case and the shard of an id.

A ULID (github.com/ulid/spec) is 48 bits of milliseconds and 80 random bits in Crockford's base 32,
so ids sort by time and the time can be read back from them.
"""

import secrets
from datetime import datetime
from zlib import crc32

from certctl.domain.times import from_millis, to_millis

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
DUE_SHARDS = 8
COUNTER_SHARDS = 16
_CRL_SHARD_COUNTS = (1, 16, 32, 64, 128)
"""How many shards a CA may have had open."""


def new_ulid(now: datetime) -> str:
    return ulid_of_bits((to_millis(now) << 80) | secrets.randbits(80))


def new_id(prefix: str, now: datetime) -> str:
    """`new_id("job", now)` -> `job-01k...`."""
    return f"{prefix}-{new_ulid(now)}"


def lowest_id(prefix: str, moment: datetime) -> str:
    """A lower bound: no id made at or after `moment` sorts below it, none made before sorts above."""
    return f"{prefix}-{ulid_of_bits(to_millis(moment) << 80)}"


def ulid_of(prefixed_ulid: str) -> str:
    return prefixed_ulid.rpartition("-")[2]


def ulid_of_bits(value: int) -> str:
    """The text of a ULID's 128 bits."""
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))


def time_of(prefixed_ulid: str) -> datetime:
    """The creation time in an id made by `new_id`. Raises ValueError for other texts."""
    ulid = ulid_of(prefixed_ulid)
    if len(ulid) != _LENGTH:
        raise ValueError("not a prefixed ULID")
    value = 0
    for character in ulid:
        value = value << 5 | _ALPHABET.index(character)
    return from_millis(value >> 80)


def shard_of(identifier: str, shards: int = DUE_SHARDS) -> int:
    """crc32, never Python's `hash`, which differs between processes."""
    return crc32(identifier.encode()) % shards


def shards_ever_for(serial: str) -> list[str]:
    """The shards of a CA's CRLs that may have a serial whose row the tables have lost, 5 at most."""
    return list(dict.fromkeys(str(shard_of(serial, count)) for count in _CRL_SHARD_COUNTS))
