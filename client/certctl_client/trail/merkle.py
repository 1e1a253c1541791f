"""Merkle trees of RFC 9162 section 2.1 over SHA-256. Entries and nodes are bytes, roots 32 of them."""

from collections.abc import Sequence
from hashlib import sha256

_LEAF, _NODE = b"\x00", b"\x01"
LONGEST_PATH = 64


def merkle_root(entries: Sequence[bytes]) -> bytes:
    """MTH (section 2.1.1). Pairs nodes level by level; an odd last node moves up unchanged, as in the RFC's
    split."""
    if not entries:
        return sha256(b"").digest()
    level = [sha256(_LEAF + entry).digest() for entry in entries]
    while len(level) > 1:
        unpaired = level[-1:] if len(level) % 2 else []
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(_NODE + left + right).digest() for left, right in pairs] + unpaired
    return level[0]


def root_of_proof(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (section 2.1.3.2); None if its length does not fit the
    place."""
    if not 0 <= index < size:
        return None
    place, last = index, size - 1
    node = sha256(_LEAF + entry).digest()
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = sha256(_NODE + sibling + node).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = sha256(_NODE + node + sibling).digest()
        place, last = place >> 1, last >> 1
    return node if last == 0 else None
