"""Merkle trees of RFC 9162, section 2.1: the root, and proofs of inclusion."""

import hashlib
from collections.abc import Sequence

_LEAF, _NODE = b"\x00", b"\x01"


def merkle_root(entries: Sequence[bytes]) -> bytes:
    """MTH of the list: 32 bytes; for an empty list the SHA-256 of the empty string."""
    if not entries:
        return hashlib.sha256(b"").digest()
    level = _leaves(entries)
    while len(level) > 1:
        level = _parents(level)
    return level[0]


class MerkleTree:
    """All nodes of one list, for many proofs."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self._levels = [_leaves(entries)]
        while len(self._levels[-1]) > 1:
            self._levels.append(_parents(self._levels[-1]))

    def inclusion_proof(self, index: int) -> list[bytes]:
        """PATH(index, entries), the nearest node first. Raises IndexError if there is no such entry."""
        if not 0 <= index < len(self._levels[0]):
            raise IndexError(f"no entry {index} of {len(self._levels[0])}")
        siblings = ((level, (index >> height) ^ 1) for height, level in enumerate(self._levels))
        return [level[sibling] for level, sibling in siblings if sibling < len(level)]


def root_of_proof(entry: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root to which the proof leads (2.1.3.2), or None if the path does not have the form that `index`
    and `size` require."""
    if not 0 <= index < size:
        return None
    node, last, rest = hashlib.sha256(_LEAF + entry).digest(), size - 1, list(path)
    while last:
        if index % 2 == 1 or index < last:
            if not rest:
                return None
            sibling = rest.pop(0)
            node = _parent(sibling, node) if index % 2 else _parent(node, sibling)
        index, last = index // 2, last // 2
    return None if rest else node


def _leaves(entries: Sequence[bytes]) -> list[bytes]:
    return [hashlib.sha256(_LEAF + entry).digest() for entry in entries]


def _parents(level: Sequence[bytes]) -> list[bytes]:
    """A node without a sibling moves up unchanged: the split at the largest power of two, from below."""
    pairs = [_parent(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return pairs + ([level[-1]] if len(level) % 2 else [])


def _parent(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(_NODE + left + right).digest()
