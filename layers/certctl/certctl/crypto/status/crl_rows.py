"""Writes the entries of a CRL from the texts of its rows: no time becomes a datetime, no serial a number.

Each text is checked as strictly as if it did: one that is not of its form, or no time of the calendar,
raises.
"""

from collections.abc import Iterable
from functools import lru_cache

from certctl.crypto.status.crl_building import REASON_ALONE, entry_extensions, serial_content, time_der
from certctl.crypto.status.crl_entries import Entries
from certctl.crypto.status.tlv import INTEGER, SEQUENCE, header
from certctl.domain.revocation.revocations import MarkTexts
from certctl.domain.times import from_wire

_TO_HOUR = len("2026-11-24T13:")
_HOURS_KEPT = 16_384
"""Nearly two years of them."""
_POSITIVE = range(1, 0x80)
"""First octets of a serial that is its INTEGER's content as it is."""
_NO_SERIAL = "a serial is not lower-case hex of the fewest whole octets"


def written(marks: Iterable[MarkTexts], drops_before: str, expired: set[str]) -> Entries:
    """The entries of `marks`, without those whose certificates ended before that time, in the wire form:
    their serials are put into `expired`. Raises ValueError, and KeyError for an unknown reason."""
    serials, ders, texts = list[bytes](), list[bytes](), list[str]()
    for text, revoked_at, reason, not_after, since in marks:
        # not for the octets: no time raises
        _until_hour(not_after[:_TO_HOUR]), _within_hour(not_after[_TO_HOUR:])
        if not_after < drops_before:
            expired.add(text)
            continue
        serial = bytes.fromhex(text)
        content = serial if serial and serial[0] in _POSITIVE else _padded(serial, text)
        end = _until_hour(revoked_at[:_TO_HOUR]) + _within_hour(revoked_at[_TO_HOUR:])
        end += REASON_ALONE[reason] if since is None else entry_extensions(reason, from_wire(since))
        ders.append(_start(len(content), len(end)) + content + end)
        serials.append(serial)
        texts.append(text)
    if b"".join(serials).hex() != "".join(texts):
        raise ValueError(_NO_SERIAL)
    return Entries(serials, ders)


def _padded(serial: bytes, text: str) -> bytes:
    """The content of its INTEGER, if it does not begin with a bit that is 0."""
    content = serial_content(text)
    if content.lstrip(b"\0") != serial:
        raise ValueError(_NO_SERIAL)
    return content


@lru_cache
def _start(content: int, rest: int) -> bytes:
    """What precedes the serial: with its INTEGER's content, and what follows it, of so many octets."""
    integer = header(INTEGER, content)
    serial_content("01" * content)  # raises for too many
    return header(SEQUENCE, len(integer) + content + rest) + integer


@lru_cache(maxsize=_HOURS_KEPT)
def _until_hour(text: str) -> bytes:
    """`2026-11-24T13:` as the beginning of its time in DER."""
    return time_der(from_wire(f"{text}00:00Z")).removesuffix(b"0000Z")


@lru_cache(maxsize=3600)
def _within_hour(text: str) -> bytes:
    """`05:00Z` as the end of its time in DER."""
    return time_der(from_wire(f"2026-11-24T13:{text}"))[-len("0500Z") :]
