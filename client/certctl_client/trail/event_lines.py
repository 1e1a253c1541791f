"""The lines of events.jsonl, read once, with a look at the next one."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import chain

type Digest = Callable[[bytes], bytes]


def leaf_of(line: bytes) -> bytes:
    """32 bytes."""
    return sha256(line).digest()


class EventLines:
    """`taken` lines are behind; the next one has the number `taken + 1`."""

    def __init__(self, lines: Iterator[bytes], digest: Digest) -> None:
        self._lines = lines
        self._digest = digest
        self._held: bytes | None = None
        self.taken = 0

    def take(self, leaves: Sequence[bytes], start: int) -> int:
        """Takes lines while they have the leaves from `start` on. The place of the first leaf not met.

        The one loop that runs for every event: a hash and a comparison, no more.
        """
        if start == len(leaves):
            return start
        digest, place = self._digest, start - 1
        for place, line in zip(range(start, len(leaves)), self._source(), strict=False):
            if digest(line) != leaves[place]:
                self._held = line
                self.taken += place - start
                return place
        self.taken += place + 1 - start
        return place + 1

    def peek(self) -> bytes | None:
        if self._held is None:
            self._held = next(self._lines, None)
        return self._held

    def _source(self) -> Iterator[bytes]:
        held, self._held = self._held, None
        return self._lines if held is None else chain((held,), self._lines)
