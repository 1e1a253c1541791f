"""Whether a search covers every certificate."""

from dataclasses import dataclass

from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.certificates.search_progress import SearchProgress
from certctl.store.paging import in_parallel


@dataclass(frozen=True)
class SearchCoverage:
    progress: SearchProgress
    entries: SearchEntries

    def is_complete(self) -> bool:
        """False while entries are still to be written: a certificate that a search does not find may
        exist."""
        is_done, are_left = in_parallel(self.progress.is_done, self.entries.are_left)
        return is_done and not are_left
