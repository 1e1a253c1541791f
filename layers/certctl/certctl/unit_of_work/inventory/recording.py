"""Records what a report found: DER and search rows first, which can be repeated, then each certificate with
its places in one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import batched

from certctl.domain.inventory.observed import ObservedCertificate, ParsedCertificate
from certctl.store.database import Database
from certctl.store.inventory.observed import ObservedStore
from certctl.store.inventory.search_rows import observed_entries
from certctl.store.inventory.sightings import SightingStore
from certctl.store.paging import load
from certctl.store.writes import MAX_ACTIONS, Write
from certctl.unit_of_work.inventory.newcomers import Newcomers
from certctl.unit_of_work.inventory.place_changes import PlaceChange, counted
from certctl.unit_of_work.inventory.successions import Successions

CERTIFICATES_AT_ONCE = MAX_ACTIONS // 2


@dataclass(frozen=True)
class Recorder:
    database: Database
    newcomers: Newcomers

    @cached_property
    def observed(self) -> ObservedStore:
        return ObservedStore(self.database)

    @cached_property
    def sightings(self) -> SightingStore:
        return SightingStore(self.database)

    @cached_property
    def successions(self) -> Successions:
        return Successions(self.database, self.observed, self.sightings)

    def known(self, fingerprints: Iterable[str]) -> dict[str, ObservedCertificate]:
        """The certificates that have rows, read consistently."""

        def read(some: Sequence[str]) -> list[ObservedCertificate]:
            return self.observed.get_many(some, consistent=True)

        return {each.fingerprint: each for each in load(list(fingerprints), read)}

    def record(
        self,
        changes: Sequence[PlaceChange],
        known: Mapping[str, ObservedCertificate],
        parsed: Mapping[str, ParsedCertificate],
        team_id: str,
        now: datetime,
    ) -> int:
        """Returns how many certificates are new. `known` are the rows of all that `changes` name, `parsed`
        the certificates that came with the report. Raises ChangedMeanwhile if another report wrote
        concurrently: read again and repeat. Raises Unavailable: what was written stays, and the next report
        continues."""
        made = self.newly_made(changes, known, parsed, team_id, now)
        current: dict[str, ObservedCertificate] = {**known, **made}
        unstored = set(made)
        for some in _transactions(changes):
            self._commit(some, current, unstored, now)
        self.create([current[each] for each in sorted(unstored)])
        moved = {fingerprint for change in changes for fingerprint, _, _ in change.counts}
        self.successions.decide([current[each] for each in sorted(moved) if each in current])
        return len(made)

    def create(self, certificates: Sequence[ObservedCertificate]) -> None:
        """Stores new certificates that have no place of their own: those that only chains have. Raises
        ChangedMeanwhile, Unavailable."""
        for few in batched(certificates, CERTIFICATES_AT_ONCE, strict=False):
            self.database.transact([self.observed.create_step(each) for each in few])

    def newly_made(
        self,
        changes: Sequence[PlaceChange],
        known: Mapping[str, ObservedCertificate],
        parsed: Mapping[str, ParsedCertificate],
        team_id: str,
        now: datetime,
    ) -> dict[str, ObservedCertificate]:
        """The records of new certificates, by fingerprint, which are yet to be stored. Their DER and search
        rows are written here, and can be written again. Raises Unavailable."""
        new = [each for each in parsed.values() if each.fingerprint not in known]
        known_again = [parsed[f] for f in parsed.keys() & known.keys() if known[f].is_forgotten(now)]
        self._write_contents([*new, *known_again])
        chains = self._chains(changes, parsed, {each.fingerprint for each in new})
        return {each.fingerprint: each for each in self.newcomers.made(new, chains, team_id, now)}

    def _chains(
        self, changes: Sequence[PlaceChange], parsed: Mapping[str, ParsedCertificate], new: Collection[str]
    ) -> dict[str, list[bytes]]:
        """The DER of the chains that new certificates were found with; of chains that are known, one batch is
        read."""
        found = {c.after.fingerprint: c.after.chain for c in changes if c.after.fingerprint in new}
        missing = {each for chain in found.values() for each in chain} - parsed.keys()
        ders = self.observed.ders_of(missing) | {f: each.der for f, each in parsed.items()}
        return {leaf: [ders[each] for each in chain if each in ders] for leaf, chain in found.items()}

    def _write_contents(self, new: Sequence[ParsedCertificate]) -> None:
        steps = [self.observed.der_step(each) for each in new]
        self.database.put_all([*steps, *(step for each in new for step in observed_entries(each))])

    def _commit(
        self,
        changes: Sequence[PlaceChange],
        current: dict[str, ObservedCertificate],
        unstored: set[str],
        now: datetime,
    ) -> None:
        after_all = counted(changes, current, now)
        steps = [self.sightings.change_step(each.before, each.after) for each in changes]
        for fingerprint, after in after_all.items():
            steps.append(self._certificate_step(current[fingerprint], after, fingerprint in unstored))
        self.database.transact(steps)
        for fingerprint, after in after_all.items():
            current[fingerprint] = after if fingerprint in unstored else after.saved()
        unstored.difference_update(after_all)

    def _certificate_step(
        self, before: ObservedCertificate, after: ObservedCertificate, is_new: bool
    ) -> Write:
        return self.observed.create_step(after) if is_new else self.observed.save_step(before, after)


def _transactions(changes: Sequence[PlaceChange]) -> Iterator[list[PlaceChange]]:
    """Batches that fit into one transaction: a row for each place, and one for each certificate."""
    batch, certificates = list[PlaceChange](), set[str]()
    for change in changes:
        named = {fingerprint for fingerprint, _, _ in change.counts}
        if len(batch) + 1 + len(certificates | named) > MAX_ACTIONS:
            yield batch
            batch, certificates = [], set()
        batch.append(change)
        certificates |= named
    if batch:
        yield batch
