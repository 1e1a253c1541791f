"""The entries of CRLs as bytes (RFC 5280, 5.1.2.6), where they stand in a CRL that the library has parsed.

No entry becomes an object of the library and no serial a number: a CRL has 100,000 of them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import le
from typing import NamedTuple

from certctl.crypto.status.tlv import (
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    SEQUENCE,
    UTC_TIME,
    NotDer,
    bounds,
    elements,
    one,
    tlv,
)
from certctl.domain.revocation.reasons import HOLD, REASON_CODES

_TIMES = (UTC_TIME, GENERALIZED_TIME)
_AT_ONCE = 512
_LONG = 0x80
"""X.690, 8.1.3: a length below it is one octet; also the sign of an INTEGER's first one."""
_REASON_CODE = tlv(OBJECT_IDENTIFIER, bytes.fromhex("551d15"))
_ON_HOLD = tlv(ENUMERATED, bytes([REASON_CODES[HOLD]]))


class OutOfOrder(Exception):
    """The serials of a CRL do not rise: an earlier release built it."""


class Entries(NamedTuple):
    """Some of a CRL's entries, in its order: each serial in the fewest octets, which rise as their hex texts
    do, and the whole entry in DER."""

    serials: Sequence[bytes]
    ders: Sequence[bytes]


def entries_in(crl: bytes) -> Iterator[Entries]:
    """All entries of a parsed CRL in DER, some at a time. Raises NotDer for a negative serial."""
    position, end = revoked_part(crl)
    while position < end:
        serials, ders = list[bytes](), list[bytes]()
        for _ in range(_AT_ONCE):
            if position >= end:
                break
            # `entry_at`, written out: a call for each of them would take as long as the rest
            first, after = position + 4, position + 2 + crl[position + 1]
            if crl[position + 1] < _LONG and 0 < crl[first] < _LONG:
                serials.append(crl[first : first + crl[position + 3]])
            else:
                serial, after = entry_at(crl, position)
                serials.append(serial)
            ders.append(crl[position:after])
            position = after
        yield Entries(serials, ders)


def entry_at(crl: bytes, position: int) -> tuple[bytes, int]:
    """The serial of the entry that begins there, and where the entry ends."""
    start, after = bounds(crl, position)
    first, last = bounds(crl, start)
    serial = crl[first:last]
    if serial[0] >= _LONG:
        raise NotDer("a serial is negative")
    return serial.lstrip(b"\0"), after


def is_rising(last: bytes, serials: Sequence[bytes]) -> bool:
    """Whether none of the serials is below the one before it, the first of them not below `last`."""
    return not serials or (last <= serials[0] and all(map(le, serials, serials[1:])))


def revoked_part(crl: bytes) -> tuple[int, int]:
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


def whole_entries(span: bytes) -> int:
    """Where the last of the short entries begins that lie in `span` as a whole, from its start on; 0 if there
    are fewer than two."""
    last = position = 0
    while position + 1 < len(span) and span[position + 1] < _LONG:
        after = position + 2 + span[position + 1]
        if after > len(span):
            break
        last, position = position, after
    return last


def revocation_date(entry: bytes) -> datetime:
    """When an entry says that its certificate was revoked, by the second. Raises NotDer."""
    date = elements(one(entry, SEQUENCE).content, 2)[1]
    text = date.content.decode("ascii", "replace")
    if date.tag == UTC_TIME:  # RFC 5280, 4.1.2.5.1
        text = f"{'20' if text < '50' else '19'}{text}"
    try:
        return datetime.fromisoformat(f"{text[:8]}T{text[8:]}")
    except ValueError as error:
        raise NotDer("a time was expected") from error


def is_on_hold(entry: bytes) -> bool:
    """Whether the reason of an entry is certificateHold, the one that can be withdrawn. Raises NotDer."""
    parts = elements(one(entry, SEQUENCE).content, 2)
    extensions = elements(parts[2].content) if len(parts) > 2 else []
    return any(_says_on_hold(one(extension.der, SEQUENCE).content) for extension in extensions)


def _says_on_hold(extension: bytes) -> bool:
    identifier, *_, value = elements(extension, 2)
    return identifier.der == _REASON_CODE and value.content == _ON_HOLD
