"""Certificates in the form of the API, in chunks that it takes at once."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from certctl_client.importing.found import Found

_MOST = 300
_MOST_BYTES = 3_900_000
"""The API takes 4 MB: this leaves room for what is around the certificates."""
_AROUND = 100

type Entry = dict[str, Any]


def chunks_of(found: Iterable[Found]) -> Iterator[list[Entry]]:
    """Up to 300 certificates, or 4 MB with their chains, whichever comes first."""
    chunk, size = list[Entry](), 0
    for each in found:
        entry = _entry(each)
        more = _size(entry)
        if chunk and (len(chunk) == _MOST or size + more > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += more
    if chunk:
        yield chunk


def _entry(found: Found) -> Entry:
    entry: Entry = {
        "place": found.place,
        "der": _base64(found.certificate),
        "chain": [_base64(each) for each in found.chain],
    }
    return {**entry, "renewed_by": found.renewed_by} if found.renewed_by else entry


def _size(entry: Entry) -> int:
    place = 6 * len(entry["place"])  # JSON may write a character as \uXXXX
    return place + sum(map(len, (entry["der"], *entry["chain"]))) + _AROUND


def _base64(certificate: bytes) -> str:
    return b64encode(certificate).decode()
