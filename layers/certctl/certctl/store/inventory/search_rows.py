"""The rows by which a search finds observed certificates, in the table of names, in zones of their own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from certctl.domain.certificates.search import SearchTerm, serial_token, texts_of_names
from certctl.domain.ids import shard_of
from certctl.domain.inventory.observed import ParsedCertificate
from certctl.store import keys, search_keys
from certctl.store.certificates.items import SearchItem
from certctl.store.certificates.search_rows import search_ranges
from certctl.store.paging import IndexRange
from certctl.store.writes import Write, put

_FINGERPRINT, _SERIAL, _TEXT = "f", "s", "t"
_TEXT_SHARDS = 4


def observed_entries(parsed: ParsedCertificate, delete_at: datetime | None = None) -> list[Write]:
    """Puts that can be repeated: names, fingerprint and serial. The rows are deleted at a time, if one is
    given."""
    ends = None if delete_at is None else int(delete_at.timestamp())
    fingerprint = parsed.fingerprint
    shard = shard_of(fingerprint, _TEXT_SHARDS)
    tokens = [(_TEXT, text, shard) for text in sorted(texts_of_names(parsed.names))]
    tokens += [(_FINGERPRINT, fingerprint, 0), (_SERIAL, serial_token(parsed.facts.serial_number), 0)]
    rows = {
        (_zone(kind, token, where), search_keys.search_key(kind, token, fingerprint))
        for kind, token, where in tokens
        if token
    }
    return [put(SearchItem(zone, key, delete_after=ends)) for zone, key in sorted(rows)]


def observed_ranges(sought: SearchTerm) -> Sequence[IndexRange]:
    """One partition each; none if nothing can match."""
    return [replace(each, partition=keys.observed_zone(each.partition)) for each in search_ranges(sought)]


def _zone(kind: str, token: str, shard: int) -> str:
    return keys.observed_zone(search_keys.search_zone(kind, token, shard))
