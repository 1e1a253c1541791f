"""Which managed certificates have versions with given fingerprints, by the rows of the search."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from certctl.store import search_keys
from certctl.store.certificates.items import SearchItem
from certctl.store.database import Database

_FINGERPRINT = "f"
_AT_ONCE = 8


class KnownVersions:
    """One query for each fingerprint: its row ends with the certificate's id, which nobody knows here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_fingerprint(self, fingerprints: Sequence[str]) -> dict[str, str]:
        """The ids of the certificates, by fingerprint."""
        if not fingerprints:
            return {}
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="known") as pool:
            found = pool.map(self._certificate_id, fingerprints)
            return {each: known for each, known in zip(fingerprints, found, strict=True) if known}

    def _certificate_id(self, fingerprint: str) -> str | None:
        zone, prefix = (
            search_keys.search_zone(_FINGERPRINT, fingerprint),
            search_keys.search_key(_FINGERPRINT, fingerprint, ""),
        )
        page = self._database.query(SearchItem, zone, SearchItem.name_key.startswith(prefix), limit=1)
        return search_keys.searched_id(page.items[0].name_key) if page.items else None
