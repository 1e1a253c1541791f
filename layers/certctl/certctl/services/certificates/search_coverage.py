"""Whether a search covers every certificate."""

from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.certificates.search_progress import SearchProgress
from certctl.store.paging import in_parallel


class SearchCoverage:
    def __init__(self, progress: SearchProgress, entries: SearchEntries) -> None:
        self._progress = progress
        self._entries = entries

    def is_complete(self) -> bool:
        """False while entries are still to be written: a certificate that a search does not find may
        exist."""
        is_done, are_left = in_parallel(self._progress.is_done, self._entries.are_left)
        return is_done and not are_left
