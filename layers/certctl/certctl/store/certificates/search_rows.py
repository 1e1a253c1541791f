"""The rows by which a search finds certificates, in the table of names: each consists of its key only.

Texts are spread over four partitions for each prefix, by the certificate: all names of a company begin alike.
Serials and fingerprints spread by themselves.
"""

from collections.abc import Iterable, Sequence

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.search import SearchTerm, label_texts_of, serial_token, texts_of
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.ids import shard_of
from certctl.store.certificates.items import SearchItem
from certctl.store.paging import AFTER_ALL, IndexRange
from certctl.store.search_keys import search_key, search_prefix, search_zone, searched_kind
from certctl.store.writes import Write, delete, put

_FINGERPRINT, _SERIAL, _TEXT = "f", "s", "t"
_TEXT_SHARDS = 4


def text_entries(certificate: Certificate) -> list[Write]:
    return [put(row) for row in _rows(certificate.id, texts_of(certificate))]


def changed_entries(before: Certificate, after: Certificate) -> list[Write]:
    """Deletes rows of removed texts and adds those of new ones."""
    old, new = texts_of(before), texts_of(after)
    kept = {row.name_key for row in _rows(after.id, new)}
    gone = [row for row in _rows(after.id, old - new) if row.name_key not in kept]
    return [*map(delete, gone), *map(put, _rows(after.id, new - old))]


def version_entries(version: Version) -> list[Write]:
    if version.state is not VersionState.ISSUED:
        return []
    tokens = ((_SERIAL, serial_token(version.serial_number)), (_FINGERPRINT, version.fingerprint_sha256))
    return [
        put(
            SearchItem(
                search_zone(kind, token),
                search_key(kind, token, version.certificate_id),
            )
        )
        for kind, token in tokens
        if token
    ]


def first_key(certificate: Certificate, text: str) -> str | None:
    """The key at which the certificate is shown, once: the first that begins with a label, else the first
    that begins with a part of one. Rows of parts may still be missing (ADR 30)."""
    tokens = _beginning(label_texts_of(certificate), text) or _beginning(texts_of(certificate), text)
    return min((search_key(_TEXT, token, certificate.id) for token in tokens), default=None)


def _beginning(tokens: Iterable[str], text: str) -> list[str]:
    return [token for token in tokens if token.startswith(text)]


def is_of_text(key: str) -> bool:
    return searched_kind(key) == _TEXT


def search_ranges(sought: SearchTerm) -> Sequence[IndexRange]:
    """One partition each; none if nothing can match."""
    return [*_of_text(sought.text), *_of_digits(sought), *_of_serial(sought.decimal_serial)]


def _of_text(text: str) -> Iterable[IndexRange]:
    if not text:
        return []
    prefix = search_prefix(_TEXT, text)
    zones = (search_zone(_TEXT, text, shard) for shard in range(_TEXT_SHARDS))
    return [_range(zone, prefix) for zone in zones]


def _of_digits(sought: SearchTerm) -> Iterable[IndexRange]:
    if not sought.is_beginning:
        return _of_serial(sought.serial)
    tokens = ((_SERIAL, sought.serial), (_FINGERPRINT, sought.digits))
    return [_range(search_zone(kind, token), search_prefix(kind, token)) for kind, token in tokens if token]


def _of_serial(serial: str) -> Iterable[IndexRange]:
    """Exactly this text."""
    if not serial:
        return []
    return [_range(search_zone(_SERIAL, serial), search_key(_SERIAL, serial, ""))]


def _range(zone: str, prefix: str) -> IndexRange:
    return IndexRange(
        SearchItem,
        zone,
        SearchItem.name_key,
        "found_id",
        lowest=prefix,
        highest=prefix + AFTER_ALL,
        newest_first=False,
    )


def _rows(certificate_id: str, texts: Iterable[str]) -> list[SearchItem]:
    """The rows in order, each key once: long texts with the same beginning share one."""
    shard = shard_of(certificate_id, _TEXT_SHARDS)
    places = {(search_zone(_TEXT, t, shard), search_key(_TEXT, t, certificate_id)) for t in texts}
    return [SearchItem(zone, key) for zone, key in sorted(places)]
