"""The lines of events.jsonl, read once; the ids in them, and the time in an id (`aud-` and a ULID)."""

import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import chain
from typing import Final

type Digest = Callable[[bytes], bytes]


_DIGITS: Final = {digit: value for value, digit in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}
_ULID_LENGTH = 26
_TIME_LENGTH = 10


def leaf_of(line: bytes) -> bytes:
    """The leaf of an event, 32 bytes."""
    return sha256(line).digest()


class EventLines:
    """`taken` lines have been read; the next one has the number `taken + 1`."""

    def __init__(self, lines: Iterator[bytes], digest: Digest) -> None:
        self._lines = lines
        self._digest = digest
        self._held: bytes | None = None
        self.taken = 0

    def take(self, leaves: Sequence[bytes], start: int) -> int:
        """Takes lines while they match the leaves from `start` on. Returns the place of the first mismatch.

        The only loop that runs for every event: one hash and one comparison.
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


def millis_of(event_id: str) -> int | None:
    """Unix milliseconds of an id; None if it does not end in a ULID."""
    ulid = event_id.rpartition("-")[2]
    if len(ulid) != _ULID_LENGTH:
        return None
    millis = 0
    for digit in ulid[:_TIME_LENGTH]:
        value = _DIGITS.get(digit)
        if value is None:
            return None
        millis = millis << 5 | value
    return millis


def id_in(line: bytes | None) -> str | None:
    """The id in an event's line; None if the line is not a JSON object with an id."""
    try:
        event = json.loads(line) if line is not None else None
    except (ValueError, RecursionError):
        return None
    found = event.get("id") if isinstance(event, dict) else None
    return found if isinstance(found, str) else None
