"""Joining CRLs of one CA: their entries are merged as they are, byte for byte, in order of serial."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from certctl.crypto.status.crl_entries import Entries, OutOfOrder, entries_in, is_rising


def joined(crls: Sequence[bytes], own: Iterable[Entries] = ()) -> Iterator[Entries]:
    """The entries of verified CRLs, in DER, and rising ones beside them. Streams: besides the CRLs, some
    entries of each are in memory. Raises OutOfOrder."""
    sources = [iter(own), *(rising(entries_in(crl)) for crl in crls)]
    return _merged([_Source(source) for source in sources])


def joined_in_memory(crls: Sequence[bytes], own: Iterable[Entries] = ()) -> Iterator[Entries]:
    """The entries of CRLs in any order, by serial."""
    sources = [own, *(entries_in(crl) for crl in crls)]
    yield _in_order([pair for source in sources for some in source for pair in zip(*some, strict=True)])


def rising(entries: Iterable[Entries]) -> Iterator[Entries]:
    """The entries as they come. Raises OutOfOrder."""
    last = b""
    for some in entries:
        if not is_rising(last, some.serials):
            raise OutOfOrder
        last = some.serials[-1]
        yield some


class _Source:
    """A rising stream, some of whose entries have been read and not been taken."""

    def __init__(self, stream: Iterator[Entries]) -> None:
        self._stream = stream
        self._read = Entries([], [])

    def fill(self) -> bool:
        """Reads on if all has been taken. Whether there is anything to take."""
        while not self._read.serials:
            following = next(self._stream, None)
            if following is None:
                return False
            self._read = following
        return True

    @property
    def last(self) -> bytes:
        return self._read.serials[-1]

    def take_all(self) -> Entries:
        taken, self._read = self._read, Entries([], [])
        return taken

    def take_to(self, serial: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The pairs of serial and entry up to that serial."""
        serials, ders = self._read
        end = bisect_right(serials, serial)
        self._read = Entries(serials[end:], ders[end:])
        return zip(serials[:end], ders[:end], strict=True)


def _merged(sources: Sequence[_Source]) -> Iterator[Entries]:
    """Each step empties one source: what the others have up to its last entry is all that there is."""
    while len(sources := [source for source in sources if source.fill()]) > 1:
        least = min(source.last for source in sources)
        yield _in_order([pair for source in sources for pair in source.take_to(least)])
    for source in sources:
        while source.fill():
            yield source.take_all()


def _in_order(pairs: list[tuple[bytes, bytes]]) -> Entries:
    pairs.sort()
    return Entries([serial for serial, _ in pairs], [der for _, der in pairs])
