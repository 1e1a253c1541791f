"""Seals the audit trail (ADR 11). Any number of sealers may run at once, and stop anywhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from certctl.connectors.seal_archive import SealArchive
from certctl.crypto.audit.seals import head_sha256, key_pem, manifest_root, manifest_sha256, sign_head
from certctl.crypto.fingerprints import spki_sha256
from certctl.domain.audit.seals import (
    ENTRIES_AT_MOST,
    LATE_AFTER,
    LONGEST_SLICE,
    NEAR_LOOKBACK,
    Entry,
    Seal,
    SealBroken,
    SealHead,
    bound,
    cutoff_below,
    far_range,
    is_late,
    newest_cutoff,
)
from certctl.domain.errors import NotFound
from certctl.domain.times import to_wire
from certctl.observability import logger
from certctl.store.audit.ranges import AuditRanges, EntryRange
from certctl.store.audit.seals import SealRow, SealRows
from certctl.store.locks import LockStore

_LOCK = "audit_seals"
# longer than the function's timeout
_LOCK_TIME = timedelta(seconds=150)
_OLDEST_BEGINNING = timedelta(days=400)


@dataclass(frozen=True)
class SealSettings:
    """`retention_days` by class of event."""

    stack: str
    retention_days: Mapping[str, int]


@dataclass(frozen=True)
class SealingReport:
    """`seals` were made, with so many `events`, `late` of them over 15 minutes late. All ids before `cutoff`
    are sealed; None if there is no seal."""

    seals: int
    events: int
    late: int
    cutoff: datetime | None


@dataclass(frozen=True)
class _Draft:
    """The content of the next seal. `late`: ids of events that the previous seal could have had."""

    entries: list[Entry]
    late: list[str]
    cutoff: datetime


@dataclass(frozen=True)
class AuditSealer:
    """`key` is created when it is used. `began_on`: the day of the trail's first event. The bucket decides
    who wrote seal n and which one is the newest; State's rows are hints, and the lock only saves work."""

    trail: AuditRanges
    rows: SealRows
    archive: SealArchive
    locks: LockStore
    key: Callable[[], ec.EllipticCurvePrivateKey]
    settings: SealSettings
    began_on: Callable[[], date | None]
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> SealingReport:
        """Seals events up to a minute ago, as far as the time allows. Raises SealBroken, Unavailable."""
        row = self.rows.newest()
        hint = row.seq if row and self._is_of_bucket(row) else 0
        # ADR 11: the bucket is authoritative; every API function may write State, and forge this hint.
        newest = self._newest(hint)
        owner, now = uuid4().hex, self.now()
        if not self.locks.take(_LOCK, owner, now, now + _LOCK_TIME) and not _lags(newest, now):
            return _report([], newest)
        try:
            made = self._seal_up_to(newest_cutoff(now), newest, has_time)
            indexed = newest.head.seq if newest and row and not hint else hint
            self._index(indexed, made[-1] if made else newest, has_time)
        finally:
            self.locks.release(_LOCK, owner)
        return _report(made, made[-1] if made else newest)

    def _is_of_bucket(self, row: SealRow) -> bool:
        """False if the hint is forged, or the bucket is another."""
        try:
            return self.archive.get(row.seq).head.cutoff == row.cutoff
        except NotFound:
            return False

    def _newest(self, hint: int) -> Seal | None:
        seq = self.archive.newest_seq(hint)
        if seq == 0:
            self.archive.keep_key(key_pem(self.key().public_key()))
            return None
        newest = self.archive.get(seq)
        if newest.head.stack != self.settings.stack:
            raise SealBroken(f"The seals in the bucket are those of the stack {newest.head.stack}.")
        return newest

    def _seal_up_to(self, target: datetime, newest: Seal | None, has_time: Callable[[], bool]) -> list[Seal]:
        made: list[Seal] = []
        previous = newest
        while (previous is None or previous.head.cutoff < target) and has_time():
            seal = self._seal(previous, target)
            previous = self.archive.add(seal)
            if previous == seal:
                made.append(seal)
                _log(seal)
        return made

    def _seal(self, previous: Seal | None, target: datetime) -> Seal:
        sealed_at = self.now()
        draft = self._draft(previous, target)
        head = SealHead(
            stack=self.settings.stack,
            seq=previous.head.seq + 1 if previous else 1,
            sealed_at=max(sealed_at, previous.head.sealed_at) if previous else sealed_at,
            cutoff=draft.cutoff,
            count=len(draft.entries),
            total=len(draft.entries) + (previous.head.total if previous else 0),
            root=manifest_root(draft.entries),
            manifest_sha256=manifest_sha256(draft.entries),
            previous=head_sha256(previous.head) if previous else "",
            key_sha256=spki_sha256(self.key().public_key()),
            late=tuple(i for i in draft.late if previous and is_late(i, previous.head)),
            retention_days=self.settings.retention_days,
        )
        return Seal(sign_head(head, self.key()), tuple(draft.entries))

    def _draft(self, previous: Seal | None, target: datetime) -> _Draft:
        """The content of the next seal. If more late events exist than fit, the cutoff stays: the next seal
        must find the rest again."""
        start = previous.head.cutoff if previous else self._beginning(target)
        end = min(target, start + LONGEST_SLICE)
        late = self._late_entries(previous, end) if previous else []
        late_ids = [entry[0] for entry in late[:ENTRIES_AT_MOST]]
        if len(late) > ENTRIES_AT_MOST:
            return _Draft(late[:ENTRIES_AT_MOST], late_ids, start)
        room = ENTRIES_AT_MOST - len(late)
        fresh, cutoff = _fitting(self.trail.entries(start, end), room, start, end)
        return _Draft(late + fresh, late_ids, cutoff)

    def _beginning(self, target: datetime) -> datetime:
        began = self.began_on()
        first = datetime(began.year, began.month, began.day, tzinfo=UTC) if began else target - LONGEST_SLICE
        return min(max(first, target - _OLDEST_BEGINNING), target)

    def _late_entries(self, previous: Seal, end: datetime) -> list[Entry]:
        """The late entries in order of their ids, one more than fits if there are more."""
        cutoff = previous.head.cutoff
        near = self._unlisted(cutoff - NEAR_LOOKBACK, cutoff, previous)
        far = self._unlisted(*far_range(cutoff, end), previous)
        return self.trail.entries_of(sorted(near | far)[: ENTRIES_AT_MOST + 1])

    def _unlisted(self, start: datetime, end: datetime, newest: Seal) -> set[str]:
        """Ids of events of that time that are in no seal up to `newest`. An event is in the first seal that
        may contain it, or in a later one: so few seals are read if all are listed."""
        ids = self.trail.ids(start, end) if start < end else set()
        seq = self.archive.first_after(start, newest.head.seq) if ids else 0
        while ids and seq <= newest.head.seq:
            ids.difference_update(entry[0] for entry in self.archive.get(seq).manifest)
            seq += 1
        return ids

    def _index(self, indexed: int, newest: Seal | None, has_time: Callable[[], bool]) -> None:
        """Writes the rows in order, without gaps: the next run completes what a crash left. Reads each seal
        back."""
        last = newest.head.seq if newest else 0
        for seq in range(indexed + 1, last + 1):
            if not has_time():
                return
            seal = self.archive.get(seq)
            self.rows.add(seal.signed, self._late_ids(seal))

    def _late_ids(self, seal: Seal) -> list[str]:
        if seal.head.seq == 1:
            return []
        before = bound(self.archive.get(seal.head.seq - 1).head.cutoff)
        return [event_id for event_id, _, _ in seal.manifest if event_id < before]


def _fitting(found: EntryRange, room: int, start: datetime, end: datetime) -> tuple[list[Entry], datetime]:
    """The entries that one seal takes, and its cutoff."""
    cuts = [found.complete_below] if found.complete_below else []
    if len(found.entries) > room:
        cuts.append(found.entries[room][0])
    if not cuts:
        return found.entries, end
    cutoff = min(cutoff_below(min(cuts), start), end)
    return [entry for entry in found.entries if entry[0] < bound(cutoff)][:room], cutoff


def _lags(newest: Seal | None, now: datetime) -> bool:
    """Whether the seals lag: if another sealer holds the lock, it is not worth waiting for."""
    return newest is None or newest.head.cutoff < now - LATE_AFTER


def _report(made: Sequence[Seal], newest: Seal | None) -> SealingReport:
    events, late = sum(seal.head.count for seal in made), sum(len(seal.head.late) for seal in made)
    return SealingReport(len(made), events, late, newest.head.cutoff if newest else None)


def _log(seal: Seal) -> None:
    head = seal.head
    about = {"seq": head.seq, "count": head.count, "late": len(head.late), "cutoff": to_wire(head.cutoff)}
    logger.info("audit seal", extra=about)
