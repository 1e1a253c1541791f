"""Writes search entries: with the change if they fit, else after it, and once for older certificates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import batched

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import Version
from certctl.observability import logger
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.search_rows import changed_entries, text_entries, version_entries
from certctl.store.database import Database
from certctl.store.follow_ups import FollowUp, FollowUpStore
from certctl.store.keys import SEARCH_ENTRIES
from certctl.store.paging import in_parallel
from certctl.store.writes import MAX_ACTIONS, Write

_VERSIONS_PAGE = 100


@dataclass(frozen=True)
class Entries:
    """The writes for the transaction of the change. `are_left`: the transaction has a marker only, and
    `finish` writes the rows."""

    steps: list[Write]
    are_left: bool


class SearchEntries:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._certificates = CertificateStore(database)
        self._marks = FollowUpStore(database, SEARCH_ENTRIES)

    def of_new(self, certificate: Certificate, room: int, now: datetime) -> Entries:
        """The entries of a new certificate: at most `room` steps, and never fewer than the marker."""
        return self._within(room, certificate.id, text_entries(certificate), now)

    def of_edited(self, before: Certificate, after: Certificate, room: int, now: datetime) -> Entries:
        """The entries of an edited certificate. Rows of removed texts remain if they do not fit: no search
        shows them."""
        return self._within(room, after.id, changed_entries(before, after), now)

    def _within(self, room: int, certificate_id: str, steps: list[Write], now: datetime) -> Entries:
        if len(steps) <= room:
            return Entries(steps, are_left=False)
        return Entries([self._marks.follow_up_step(certificate_id, now)], are_left=True)

    def finish(self, certificate_id: str, entries: Entries) -> None:
        """After the commit. What fails here is left to the schedule, and a search reports so until then."""
        if not entries.are_left:
            return
        try:
            mark = self._marks.find(certificate_id)
            if mark is not None:
                self._finish(mark)
        except Exception:
            logger.exception("search entries are left to the schedule", extra={"id": certificate_id})

    def finish_all(self, now: datetime, has_time: Callable[[], bool]) -> None:
        """Finishes the first hundred certificates that were left unfinished for two minutes."""
        for mark in self._marks.settled(now):
            if not has_time():
                return
            self._finish(mark)

    def are_left(self) -> bool:
        return self._marks.any()

    def _finish(self, mark: FollowUp) -> None:
        """Raises ChangedMeanwhile if it was edited again: the marker then belongs to the later edit."""
        for (certificate_id,) in self._marks.slices(mark, lambda _: ([mark.id], None), lambda: True):
            certificate = self._certificates.get(certificate_id)
            if certificate is not None:
                self._write(text_entries(certificate))

    def write_all(self, certificates: Sequence[Certificate]) -> None:
        """Includes those of every version. Idempotent."""
        versions = in_parallel(*[partial(self._versions, certificate.id) for certificate in certificates])
        texts = [step for certificate in certificates for step in text_entries(certificate)]
        self._write([*texts, *(step for each in versions for v in each for step in version_entries(v))])

    def _versions(self, certificate_id: str) -> list[Version]:
        page = self._certificates.versions(certificate_id, _VERSIONS_PAGE, None)
        versions = page.versions
        while page.next_after is not None:
            page = self._certificates.versions(certificate_id, _VERSIONS_PAGE, page.next_after)
            versions = [*versions, *page.versions]
        return versions

    def _write(self, steps: Sequence[Write]) -> None:
        for batch in batched(steps, MAX_ACTIONS, strict=False):
            self._database.transact(batch)
