"""Ids of certificates, chosen by the client so that a repeated request creates only one."""

import os
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS = 80


def new_certificate_id() -> str:
    """`mc-` and a lower-case ULID (github.com/ulid/spec), like the server's own."""
    value = time.time_ns() // 1_000_000 << _RANDOM_BITS | int.from_bytes(os.urandom(_RANDOM_BITS // 8), "big")
    return "mc-" + "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
