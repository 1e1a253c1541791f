"""Checks a filtered bundle: events with their inclusion proofs, and the heads up to the newest."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import rfc8785

from certctl_client.trail.bundle import EVENTS, HEADS, PROOFS, Bundle
from certctl_client.trail.chain import Chain
from certctl_client.trail.event_lines import Digest, id_in, leaf_of
from certctl_client.trail.faults import FaultKind, refuse
from certctl_client.trail.heads import Head, check_signature, parse_head
from certctl_client.trail.keys import SealKey
from certctl_client.trail.merkle import LONGEST_PATH, root_of_proof
from certctl_client.trail.report import BundleKind
from certctl_client.trail.trust import Anchors

_DIGEST_SIZE = 32


@dataclass(frozen=True)
class Proof:
    """An inclusion proof (RFC 9162 section 2.1.3) of the entry at `index` of `size`; `path` starts at the
    leaf."""

    seq: int
    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class _Sealed:
    """The root and size that a proof must lead to."""

    root: bytes
    count: int


class FilteredCheck:
    """Checks a filtered bundle. Its memory grows with the number of seals, not of events."""

    kind = BundleKind.FILTERED

    def __init__(self, bundle: Bundle, anchored: Anchors, digest: Digest = leaf_of) -> None:
        self._bundle = bundle
        self._key = anchored.key
        self._digest = digest
        self._ids = _Ids()
        self.chain = Chain(anchored.head, starts_anywhere=True)
        self.events = 0
        self.expired = 0
        self.last_good: Head | None = None

    def run(self) -> None:
        """Raises FaultFound with the first fault, of the heads first, then of the events in order."""
        named = {proof.seq for _, proof in self._proofs()}
        sealed = dict(self._heads_of(named))
        self.chain.end(HEADS)
        for number, line, proof in self._pairs():
            self._check(number, line, proof, sealed.get(proof.seq))
            self.events += 1
        self.last_good = self.chain.newest

    def _heads_of(self, named: set[int]) -> Iterator[tuple[int, _Sealed]]:
        for number, line in enumerate(self._bundle.lines(HEADS), start=1):
            head = check_head(line, number, self._key)
            self.chain.add(head, HEADS, number)
            if head.seq in named:
                yield head.seq, _Sealed(bytes.fromhex(head.root), head.count)

    def _proofs(self) -> Iterator[tuple[int, Proof]]:
        for number, line in enumerate(self._bundle.lines(PROOFS), start=1):
            yield number, parse_proof(line, number)

    def _pairs(self) -> Iterator[tuple[int, bytes, Proof]]:
        lines = enumerate(self._bundle.lines(EVENTS), start=1)
        for event, proof in zip_longest(lines, self._proofs()):
            if event is None:
                what = "it has no event: one was removed"
                refuse(FaultKind.MISSING, what, seal=proof[1].seq, file=PROOFS, line=proof[0])
            if proof is None:
                what = "it has no proof: it was inserted"
                refuse(FaultKind.NOT_SEALED, what, id_in(event[1]), file=EVENTS, line=event[0])
            yield event[0], event[1], proof[1]

    def _check(self, number: int, line: bytes, proof: Proof, sealed: _Sealed | None) -> None:
        event_id = id_in(line)
        if sealed is None:
            what = f"its proof is for seal {proof.seq}, whose head is not in {HEADS}"
            refuse(FaultKind.PROOF_WRONG, what, event_id, proof.seq, PROOFS, number)
        root = root_of_proof(self._digest(line), proof.index, proof.size, proof.path)
        if proof.size != sealed.count or root != sealed.root:
            what = "it does not prove the event: one of them was edited, or they were swapped"
            refuse(FaultKind.PROOF_WRONG, what, event_id, proof.seq, EVENTS, number)
        self._ids.add(event_id, proof.seq, number)


class _Ids:
    """Checks that ids only rise or only fall, so that no event is repeated or out of place."""

    def __init__(self) -> None:
        self._last: str | None = None
        self._rising: bool | None = None

    def add(self, event_id: str | None, seal: int, number: int) -> None:
        if event_id is None:
            refuse(FaultKind.NOT_SEALED, "it is not an event with an id", seal=seal, file=EVENTS, line=number)
        if self._last is not None:
            self._compare(self._last, event_id, seal, number)
        self._last = event_id

    def _compare(self, last: str, event_id: str, seal: int, number: int) -> None:
        if event_id == last:
            refuse(FaultKind.DUPLICATE, "it is repeated", event_id, seal, EVENTS, number)
        if self._rising is None:
            self._rising = last < event_id
        if self._rising != (last < event_id):
            refuse(
                FaultKind.OUT_OF_ORDER,
                "it does not belong after the line above",
                event_id,
                seal,
                EVENTS,
                number,
            )


def check_head(line: bytes, number: int, key: SealKey) -> Head:
    """Checks a line of heads.jsonl. Raises FaultFound."""
    try:
        value = json.loads(line.decode())
        raw, signature = rfc8785.dumps(value["head"]), value["signature"]
        is_canonical = line == b'{"head":%b,"signature":%b}' % (raw, rfc8785.dumps(signature))
    except (ValueError, TypeError, KeyError, RecursionError):
        is_canonical = False
    if not is_canonical or not isinstance(signature, str):
        refuse(FaultKind.SEAL_EDITED, "it is not a well-formed signed head", file=HEADS, line=number)
    head = parse_head(raw, HEADS, number)
    check_signature(raw, signature, head, key, HEADS, number)
    return head


def parse_proof(line: bytes, number: int) -> Proof:
    """Parses a line of proofs.jsonl. Raises FaultFound."""
    try:
        value = json.loads(line.decode())
        proof = Proof(value["seq"], value["index"], value["size"], tuple(map(_node, value["path"])))
    except (ValueError, TypeError, KeyError, RecursionError):
        proof = None
    if proof is None or not _has_form(proof):
        refuse(FaultKind.PROOF_WRONG, "it is not a well-formed proof", file=PROOFS, line=number)
    return proof


def _node(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) != 2 * _DIGEST_SIZE:
        raise ValueError("not a digest")
    return bytes.fromhex(text)


def _has_form(proof: Proof) -> bool:
    numbers = (proof.seq, proof.index, proof.size)
    return all(type(n) is int and 0 <= n < 2**53 for n in numbers) and len(proof.path) <= LONGEST_PATH
