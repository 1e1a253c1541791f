"""Joining CRLs of one CA: their entries are merged as they are, byte for byte, in order of serial."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from certctl.crypto.status.tlv import GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME, bounds

_TIMES = (UTC_TIME, GENERALIZED_TIME)


class SignedEntry(NamedTuple):
    """`serial` in the form of `serial_text`; `der` is the whole entry."""

    serial: str
    der: bytes


class OutOfOrder(Exception):
    """The serials of a CRL do not rise: an earlier release built it."""


def joined(crls: Sequence[bytes], own: Iterable[SignedEntry] = ()) -> Iterator[SignedEntry]:
    """The entries of verified CRLs, in DER, and rising ones beside them. Streams: besides the CRLs, one entry
    of each is in memory. Raises OutOfOrder."""
    return heapq.merge(own, *(rising(signed_entries(crl)) for crl in crls))


def joined_in_memory(crls: Sequence[bytes], own: Iterable[SignedEntry] = ()) -> Iterator[SignedEntry]:
    """The entries of CRLs in any order, by serial."""
    return heapq.merge(own, *(sorted(signed_entries(crl)) for crl in crls))


def rising[Entry: tuple[str, object]](entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries that begin with their serial. Raises OutOfOrder."""
    last = ""
    for entry in entries:
        if entry[0] < last:
            raise OutOfOrder
        last = entry[0]
        yield entry


def signed_entries(crl: bytes) -> Iterator[SignedEntry]:
    """The entries in the order of a verified CRL, in DER."""
    position, end = _entries_of(crl)
    while position < end:
        start, after = bounds(crl, position)
        first, last = bounds(crl, start)
        yield SignedEntry(crl[first:last].lstrip(b"\0").hex(), crl[position:after])
        position = after


def _entries_of(crl: bytes) -> tuple[int, int]:
    """Start and end of revokedCertificates (RFC 5280, 5.1): the SEQUENCE after the times. Without entries it
    is absent."""
    position, _ = bounds(crl, 0)
    position, end = bounds(crl, position)
    for tags in ((INTEGER,), (SEQUENCE,), (SEQUENCE,), _TIMES, _TIMES):
        if position < end and crl[position] in tags:
            position = bounds(crl, position)[1]
    if position < end and crl[position] == SEQUENCE:
        return bounds(crl, position)
    return end, end
