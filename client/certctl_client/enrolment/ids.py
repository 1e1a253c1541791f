"""Ids of certificates that are chosen here, so that asking twice makes one."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 80


def new_certificate_id() -> str:
    """`mc-` and a ULID (github.com/ulid/spec) in lower case, as the server makes them."""
    value = time.time_ns() // 1_000_000 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "mc-" + "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
