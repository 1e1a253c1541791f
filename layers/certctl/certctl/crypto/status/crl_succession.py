"""What a CRL lists that its predecessor does not, and the reverse. Both are read together, and entries
that both list alike are compared many at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from certctl.crypto.status.crl_entries import (
    OutOfOrder,
    entries_in,
    entry_at,
    is_on_hold,
    revoked_part,
    whole_entries,
)

_SPAN = 4096
"""Octets that are compared at once: a hundred entries."""


@dataclass(frozen=True)
class Difference:
    """`added`: the serials that only the new CRL lists, as far as they were asked for. `lost`: those that
    only the old one does, but for holds. Both rise."""

    added: tuple[str, ...]
    lost: tuple[str, ...]


def difference(new: bytes, old: bytes, most_added: int) -> Difference:
    """The difference of two parsed CRLs, the first of which rises. Raises OutOfOrder if the second does
    not."""
    added, lost = list[str](), list[str]()
    for reader, is_new in _apart(_Reader(new), _Reader(old)):
        if not is_new and not is_on_hold(reader.entry):
            lost.append(reader.serial.hex())
        elif is_new and len(added) < most_added:
            added.append(reader.serial.hex())
    return Difference(tuple(added), tuple(lost))


def difference_in_memory(new: bytes, old: bytes, most_added: int) -> Difference:
    """The difference of two parsed CRLs whose serials are in any order."""
    here, there = _by_serial(new), _by_serial(old)
    added = sorted(here.keys() - there.keys())[:most_added]
    lost = [serial for serial in sorted(there.keys() - here.keys()) if not is_on_hold(there[serial])]
    return Difference(tuple(s.hex() for s in added), tuple(s.hex() for s in lost))


def _by_serial(crl: bytes) -> dict[bytes, bytes]:
    return {s: der for some in entries_in(crl) for s, der in zip(*some, strict=True)}


class _Reader:
    """Stands at an entry of a CRL, or after the last one, and continues from there."""

    def __init__(self, crl: bytes) -> None:
        self._crl = crl
        self._position, self._end = revoked_part(crl)
        self._after = self._position
        self.serial = b""
        self._stand_at(self._position)

    @property
    def is_at_end(self) -> bool:
        return self._position >= self._end

    @property
    def entry(self) -> bytes:
        return self._crl[self._position : self._after]

    @property
    def span(self) -> bytes:
        """The octets from here on."""
        return self._crl[self._position : min(self._end, self._position + _SPAN)]

    def advance(self) -> None:
        """Goes on by one entry. Raises OutOfOrder."""
        before = self.serial
        self._stand_at(self._after)
        if self.serial < before:
            raise OutOfOrder

    def pass_over(self, octets: int) -> None:
        """Goes on by whole entries, which the caller has compared."""
        self._stand_at(self._position + octets)

    def _stand_at(self, position: int) -> None:
        self._position = position
        if position < self._end:
            self.serial, self._after = entry_at(self._crl, position)


def _apart(new: _Reader, old: _Reader) -> Iterator[tuple[_Reader, bool]]:
    """Stands, one after the other, at each entry that only one of both has; and whether that is the new
    one."""
    while not (new.is_at_end or old.is_at_end):
        if new.serial == old.serial:
            _pass_what_is_alike(new, old)
            new.advance()
            old.advance()
        else:
            is_new = new.serial < old.serial
            yield (new if is_new else old), is_new
            (new if is_new else old).advance()
    for reader, is_new in ((new, True), (old, False)):
        while not reader.is_at_end:
            yield reader, is_new
            reader.advance()


def _pass_what_is_alike(new: _Reader, old: _Reader) -> None:
    """To the last of the entries that follow in both alike. Their order is that of the new CRL, which
    rises."""
    span = new.span
    if (there := old.span)[: len(span)] == span[: len(there)]:
        octets = whole_entries(span[: len(there)])
        new.pass_over(octets)
        old.pass_over(octets)
