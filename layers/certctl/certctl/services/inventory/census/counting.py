"""Counts the whole inventory once a day, and after imports, in as many runs as it takes.

A run continues from the last checkpoint: rows that are never changed, named by the progress. It takes effect
by one conditional write of the progress, so of two runs at once only one counts, and a run that was cut off
has counted nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.inventory.census.counting import Census
from certctl.domain.inventory.census.figures import ending_cas, figures_of
from certctl.domain.inventory.census.progress import CensusProgress, Phase, begun
from certctl.observability import logger
from certctl.services.inventory.census.ca_warnings import CaWarnings
from certctl.services.inventory.census.forgetting import Forgetting
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.inventory.census import CensusStore
from certctl.store.inventory.counted_rows import CountedRows
from certctl.store.inventory.observed import ObservedStore
from certctl.store.paging import Position, walk

_AT_ONCE = 100


@dataclass
class _Count:
    """A count in progress, as this run has it."""

    progress: CensusProgress
    census: Census


@dataclass(frozen=True)
class InventoryCensus:
    census: CensusStore
    rows: CountedRows
    observed: ObservedStore
    forgetting: Forgetting
    warnings: CaWarnings
    issued: CertificateIndexes
    certificates: CertificateStore
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> Counter[str]:
        """How many certificates this run `counted` and had `forgotten`, and how many rows it `published`,
        and of which CAs it `warned`, or `settled` the warning. Raises Unavailable."""
        before = self.census.progress()
        done: Counter[str] = Counter()
        if before is not None and before.is_over(self.now(), self.census.wanted_at()):
            return done
        try:
            self._run(self._continued(), has_time, done)
        except ChangedMeanwhile:
            logger.info("another run counts the inventory")
        return done

    def _continued(self) -> _Count:
        """The count where its last run ended; a new one if that is over."""
        progress = self.census.progress(consistent=True)
        if progress is None:
            return _Count(self.census.save(None, begun(self.now())), Census())
        kept = Census() if progress.checkpoint is None else self.census.kept(progress.checkpoint)
        if progress.phase is Phase.ENDED or kept is None:
            return _Count(self.census.save(progress, progress.begun_again(self.now())), Census())
        return _Count(progress, kept)

    def _run(self, count: _Count, has_time: Callable[[], bool], done: Counter[str]) -> None:
        if count.progress.phase is Phase.OBSERVED:
            self._count_observed(count, has_time, done)
        if count.progress.phase is Phase.ISSUED and has_time():
            self._count_issued(count, has_time, done)
        if count.progress.phase is Phase.PUBLISHING:
            self._publish(count, done)

    def _count_observed(self, count: _Count, has_time: Callable[[], bool], done: Counter[str]) -> None:
        began_at, position = count.progress.began_at, _position(count)
        forgotten: list[str] = []
        for place, certificate in self.rows.after(position, began_at):
            position = place
            count.census.add(certificate, began_at)
            done["counted"] += 1
            forgotten += [certificate.fingerprint] if certificate.is_forgotten(began_at) else []
            if done["counted"] % _AT_ONCE == 0:
                forgotten = self._forget(forgotten, done)
                if not has_time():
                    return self._keep(count, Phase.OBSERVED, position)
        self._forget(forgotten, done)
        self._keep(count, Phase.ISSUED, None)

    def _count_issued(self, count: _Count, has_time: Callable[[], bool], done: Counter[str]) -> None:
        """Finds certificates that were issued here, and that nothing has seen."""
        began_at, position = count.progress.began_at, _position(count)
        stages = self.issued.by_creation(began_at, newest_first=False)
        while True:
            walked = walk(stages, position, _AT_ONCE)
            for each in self._seen_nowhere([hit.id for hit in walked.found], began_at):
                count.census.add_seen_nowhere(each.id, each.team_id, each.owner_id)
            done["issued"] += len(walked.found)
            position = walked.next
            if position is None:
                return self._keep(count, Phase.PUBLISHING, None)
            if not has_time():
                return self._keep(count, Phase.ISSUED, position)

    def _seen_nowhere(self, ids: Sequence[str], now: datetime) -> list[Certificate]:
        """The certificates among at most 100 that are valid, and whose current version no place has. Three
        batches."""
        valid = {each.id: each for each in self.certificates.get_many(ids) if _is_valid(each, now)}
        versions = self.certificates.current_versions(list(valid.values()))
        by_fingerprint = {each.fingerprint_sha256: each for each in versions if each.fingerprint_sha256}
        found = self.observed.get_many(by_fingerprint)
        seen = {each.fingerprint for each in found if each.gone_at is None}
        missing = [each for fingerprint, each in by_fingerprint.items() if fingerprint not in seen]
        return sorted((valid[each.certificate_id] for each in missing), key=lambda each: each.id)

    def _publish(self, count: _Count, done: Counter[str]) -> None:
        progress = count.progress
        figures = figures_of(count.census, progress.day, progress.began_at)
        self.census.publish(figures)
        done.update(self.warnings.follow(ending_cas(count.census, progress.began_at)))
        count.progress = self.census.save(progress, progress.ended(self.now()))
        done["published"] += len(figures)

    def _keep(self, count: _Count, phase: Phase, position: Position | None) -> None:
        """Raises ChangedMeanwhile if another run has counted this part."""
        checkpoint = self.census.keep(count.census, self.now())
        after = count.progress.at(phase, str(position) if position else None, checkpoint)
        count.progress = self.census.save(count.progress, after)

    def _forget(self, fingerprints: list[str], done: Counter[str]) -> list[str]:
        """Returns those that are left: none."""
        if fingerprints:
            done["forgotten"] += self.forgetting.forget(fingerprints, self.now())
        return []


def _position(count: _Count) -> Position | None:
    text = count.progress.position
    return Position.of_text(text) if text else None


def _is_valid(certificate: Certificate, now: datetime) -> bool:
    is_active = certificate.lifecycle is Lifecycle.ACTIVE
    return is_active and certificate.expires_at is not None and certificate.expires_at > now
