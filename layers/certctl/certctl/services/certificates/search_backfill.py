"""Writes search entries of certificates that are older than the search, and those that changes left to be
written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.errors import ChangedMeanwhile
from certctl.observability import logger
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.certificates.search_entries import SearchEntries
from certctl.store.certificates.search_progress import Progress, SearchProgress
from certctl.store.paging import Position, walk

SETTLED_AFTER = timedelta(minutes=20)
"""An update is over by then: the previous release, which wrote no entries, does not run any more."""
_SLICE = 100


@dataclass(frozen=True)
class BackfillRun:
    """How many certificates this run indexed, and whether the whole stack is indexed."""

    indexed: int
    is_done: bool


@dataclass(frozen=True)
class SearchBackfill:
    indexes: CertificateIndexes
    entries: SearchEntries
    progress: SearchProgress
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> BackfillRun:
        """Oldest first, a hundred at a time; the next run continues where one ends."""
        self._finish_changes(has_time)
        progress = self.progress.read() or self._begun()
        if progress.is_done or self.now() < progress.seen_at + SETTLED_AFTER:
            return BackfillRun(0, progress.is_done)
        return self._continue(progress, has_time)

    def _finish_changes(self, has_time: Callable[[], bool]) -> None:
        try:
            self.entries.finish_all(self.now(), has_time)
        except ChangedMeanwhile:
            logger.info("a certificate was edited again: its search entries are written in the next run")

    def _begun(self) -> Progress:
        """A stack without certificates has nothing to wait for."""
        now = self.now()
        if not walk(self.indexes.by_creation(now, newest_first=False), None, 1).found:
            self.progress.end(now)
            return Progress(now, None, is_done=True)
        self.progress.save(now, None)
        return Progress(now, None, is_done=False)

    def _continue(self, progress: Progress, has_time: Callable[[], bool]) -> BackfillRun:
        indexed, position = 0, progress.position
        while has_time():
            found, position = self._slice(position)
            indexed += found
            if position is None:
                self.progress.end(progress.seen_at)
                return BackfillRun(indexed, is_done=True)
            self.progress.save(progress.seen_at, position)
        return BackfillRun(indexed, is_done=False)

    def _slice(self, position: Position | None) -> tuple[int, Position | None]:
        stages = self.indexes.by_creation(self.now(), newest_first=False)
        walked = walk(stages, position, _SLICE)
        certificates = list(self.indexes.load([found.id for found in walked.found]).values())
        self.entries.write_all(certificates)
        return len(certificates), walked.next
