"""Exports for auditors: seals as stored, the events of a seal, and events with proofs of inclusion."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from certctl.connectors.seal_archive import SealArchive
from certctl.crypto.audit.merkle import MerkleTree
from certctl.domain.audit.events import StoredEvent
from certctl.domain.audit.pages import AuditPage, Position
from certctl.domain.audit.seals import Seal, SealHead
from certctl.domain.errors import NotFound
from certctl.domain.ids import time_of
from certctl.store.audit.ranges import AuditRanges
from certctl.store.audit.seals import HeadRecord, SealRow, SealRows
from certctl.store.paging import in_parallel

_TOGETHER_SECONDS = 300
# as many as the client has connections
_S3_THREADS = 8
_NEVER_SEALED = "There is no seal yet."


@dataclass(frozen=True)
class Proof:
    """RFC 9162, 2.1.3: the event is entry `index` of `size` in seal `seq`; `path` in hex."""

    seq: int
    index: int
    size: int
    path: tuple[str, ...]


@dataclass(frozen=True)
class SealedEvents:
    """Stored events of one seal as JSON Lines, and the offset in the manifest of the following ones."""

    lines: str
    next_offset: int | None


@dataclass(frozen=True)
class ExportedEvents:
    """JSON Lines of `{"event": <stored text>, "proof": ... | null}`, and where the next page starts."""

    lines: str
    next: Position | None


@dataclass(frozen=True)
class PageLimits:
    """How much a response holds at most."""

    events: int = 1_000
    characters: int = 4_000_000
    """Characters of JSON text: a response of Lambda has 6 MB, and its body is JSON text."""


@dataclass(frozen=True)
class SealState:
    """The newest head, and the age of its cutoff."""

    head: SealHead
    lag_seconds: int


@dataclass(frozen=True)
class AuditExports:
    """Stored bytes are never re-encoded. State's rows only locate seals; the content comes from the bucket,
    except for the list of heads, which their signatures protect."""

    trail: AuditRanges
    rows: SealRows
    archive: SealArchive
    now: Callable[[], datetime]
    limits: PageLimits = PageLimits()

    def heads(self, below: str | None, limit: int) -> tuple[list[HeadRecord], str | None]:
        """Signed heads, newest first, from below a position in the list; and the position to continue
        from."""
        rows, next_place = self.rows.page(below, limit)
        return [row.record or self.archive.get(row.seq).signed.as_record() for row in rows], next_place

    def stored_seal(self, seq: int) -> str:
        """The object's bytes. Raises NotFound."""
        return self.archive.stored(seq).decode()

    def key(self) -> str:
        """PEM. Raises NotFound before the first seal."""
        pem = self.archive.key()
        if pem is None:
            raise NotFound(_NEVER_SEALED)
        return pem.decode()

    def newest(self) -> SealState:
        """Raises NotFound before the first seal."""
        row = self.rows.newest()
        seq = self.archive.newest_seq(row.seq if row else 0)
        if seq == 0:
            raise NotFound(_NEVER_SEALED)
        head = self.archive.get(seq).head
        return SealState(head, int((self.now() - head.cutoff).total_seconds()))

    def events_of(self, seq: int, offset: int) -> SealedEvents:
        """The events in the order of the manifest; those that are no longer in the table are left out. Raises
        NotFound."""
        manifest = self.archive.get(seq).manifest
        ids = [event_id for event_id, _, _ in manifest[offset : offset + self.limits.events]]
        texts = self.trail.texts(ids)
        taken = self._fitting(texts.get(event_id, "") for event_id in ids)
        lines = "".join(f"{texts[event_id]}\n" for event_id in ids[:taken] if event_id in texts)
        end = offset + taken
        return SealedEvents(lines, end if end < len(manifest) else None)

    def export(self, page: AuditPage) -> ExportedEvents:
        """The events of a page of the trail with their proofs, as many as one response holds."""
        proofs = self._proofs(page.events)
        lines = [_line(event, proofs.get(event["id"])) for event in page.events]
        taken = self._fitting(lines)
        if taken == len(lines):
            return ExportedEvents("".join(lines), page.next)
        return ExportedEvents("".join(lines[:taken]), _below(page.events[taken - 1]))

    def _fitting(self, texts: Iterable[str]) -> int:
        """How many of the first texts fit into one response: at least one."""
        size = count = 0
        for text in texts:
            size += len(json.dumps(text))
            if size > self.limits.characters and count:
                return count
            count += 1
        return count

    def _proofs(self, events: Sequence[StoredEvent]) -> dict[str, Proof]:
        """The proofs by event id; events that are not sealed yet have none."""
        seals = self._seals_of([event["id"] for event in events])
        proofs = self._proofs_in(seals)
        missed = [event_id for ids in seals.values() for event_id in ids if event_id not in proofs]
        late = defaultdict(list)
        for event_id, seq in self.rows.late(missed).items():
            late[seq].append(event_id)
        return proofs | self._proofs_in(late)

    def _seals_of(self, ids: Sequence[str]) -> dict[int, list[str]]:
        """The seal of each event's time, with its events."""
        groups = list(_by_time(ids))
        reads = [partial(self.rows.covering, time_of(group[0]), time_of(group[-1])) for group in groups]
        seals = defaultdict(list)
        for group, rows in zip(groups, in_parallel(*reads), strict=True):
            for event_id in group:
                seq = _first_after(rows, time_of(event_id))
                if seq is not None:
                    seals[seq].append(event_id)
        return seals

    def _proofs_in(self, seals: dict[int, list[str]]) -> dict[str, Proof]:
        with ThreadPoolExecutor(_S3_THREADS) as pool:
            parts = list(pool.map(self._proofs_of, seals, seals.values()))
        return {event_id: proof for part in parts for event_id, proof in part.items()}

    def _proofs_of(self, seq: int, ids: Sequence[str]) -> dict[str, Proof]:
        try:
            seal = self.archive.get(seq)
        except NotFound:  # a row of no seal
            return {}
        return dict(_proofs(seal, set(ids)))


def _proofs(seal: Seal, ids: set[str]) -> Iterator[tuple[str, Proof]]:
    places = [(i, event_id) for i, (event_id, _, _) in enumerate(seal.manifest) if event_id in ids]
    if not places:
        return
    tree = MerkleTree([bytes.fromhex(leaf) for _, leaf, _ in seal.manifest])
    for index, event_id in places:
        path = tuple(node.hex() for node in tree.inclusion_proof(index))
        yield event_id, Proof(seal.head.seq, index, len(seal.manifest), path)


def _line(event: StoredEvent, proof: Proof | None) -> str:
    return json.dumps({"event": event.text, "proof": proof and vars(proof)}, ensure_ascii=False) + "\n"


def _below(event: StoredEvent) -> Position:
    return Position(time_of(event["id"]).astimezone(UTC).date(), event["id"])


def _by_time(ids: Iterable[str]) -> Iterator[list[str]]:
    """Groups ids of the same five minutes, each group in order."""
    groups = defaultdict(list)
    for event_id in sorted(ids):
        groups[int(time_of(event_id).timestamp()) // _TOGETHER_SECONDS].append(event_id)
    yield from groups.values()


def _first_after(rows: Sequence[SealRow], moment: datetime) -> int | None:
    return next((row.seq for row in rows if row.cutoff > moment), None)
