"""Which managed certificates have versions with given fingerprints, or given names, by the rows of the
search."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from certctl.store import keys, search_keys
from certctl.store.certificates.items import NameItem, SearchItem
from certctl.store.database import Database

_FINGERPRINT = "f"
_AT_ONCE = 8
_MOST_OF_NAME = 20


class KnownVersions:
    """One query for each fingerprint or name: a row ends with the certificate's id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def by_fingerprint(self, fingerprints: Sequence[str]) -> dict[str, str]:
        """The ids of the certificates, by fingerprint."""
        return {each: ids[0] for each, ids in self._each(self._with_fingerprint, fingerprints).items()}

    def by_name(self, names: Sequence[str]) -> dict[str, list[str]]:
        """The ids of the certificates with exactly this name, by name: the first twenty of each."""
        return self._each(self._with_name, names)

    def _each(self, read: Callable[[str], list[str]], wanted: Sequence[str]) -> dict[str, list[str]]:
        if not wanted:
            return {}
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="known") as pool:
            return {each: ids for each, ids in zip(wanted, pool.map(read, wanted), strict=True) if ids}

    def _with_fingerprint(self, fingerprint: str) -> list[str]:
        zone, prefix = (
            search_keys.search_zone(_FINGERPRINT, fingerprint),
            search_keys.search_key(_FINGERPRINT, fingerprint, ""),
        )
        page = self._database.query(SearchItem, zone, SearchItem.name_key.startswith(prefix), limit=1)
        return [search_keys.searched_id(item.name_key) for item in page.items]

    def _with_name(self, name: str) -> list[str]:
        prefix = keys.name_key(name, "")
        begins = NameItem.name_key.startswith(prefix)
        page = self._database.query(NameItem, keys.name_zone(name), begins, limit=_MOST_OF_NAME)
        return [item.certificate_id for item in page.items]
