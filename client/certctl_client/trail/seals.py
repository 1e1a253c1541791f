"""A seal as stored: a signed head and the manifest of the events that it covers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any, NoReturn

from certctl_client.plain_text import counted
from certctl_client.trail.bundle import HEADS, LONGEST_LINE, SEALS
from certctl_client.trail.event_lines import millis_of
from certctl_client.trail.faults import FaultFound, FaultKind, refuse
from certctl_client.trail.heads import Head, check_signature, parse_head
from certctl_client.trail.keys import SealKey
from certctl_client.trail.merkle import merkle_root

_DAY_MILLIS = 86_400_000
_GRACE_MILLIS = _DAY_MILLIS
_DIGEST_SIZE = 32
_PREFIX = b'{"head":'
BEFORE_MANIFEST = b',"manifest":'
_BEFORE_SIGNATURE = b',"signature":"'
_SUFFIX = b'"}'


@dataclass(frozen=True)
class Seal:
    """`ids`, `leaves` (32 bytes each) and `classes` run in manifest order."""

    head: Head
    ids: Sequence[str]
    leaves: Sequence[bytes]
    classes: Sequence[str]

    @cached_property
    def place_of_leaf(self) -> dict[bytes, int]:
        return {leaf: place for place, leaf in enumerate(self.leaves)}

    @cached_property
    def place_of_id(self) -> dict[str, int]:
        return {event_id: place for place, event_id in enumerate(self.ids)}

    def may_be_gone(self, place: int, exported_millis: int) -> bool:
        """Whether the event's retention was over, with a day of grace: an export is made after its newest
        seal."""
        created = millis_of(self.ids[place])
        days = self.head.retention_days[self.classes[place]]
        return created is not None and created + days * _DAY_MILLIS <= exported_millis + _GRACE_MILLIS


@dataclass(frozen=True)
class _Slices:
    """The parts of a stored seal, as the bytes that were signed and hashed."""

    head: bytes
    manifest: bytes
    signature: str


def check_seal(line: bytes, number: int, key: SealKey) -> Seal:
    """Makes all checks of line `number` of seals.jsonl that need no other line. Raises FaultFound."""
    slices = _sliced(line, number)
    head = _signed_head(slices, number, key)
    if sha256(slices.manifest).hexdigest() != head.manifest_sha256:
        _refuse(head, number, "its manifest was edited: its hash is not the signed one")
    seal = _seal(head, slices.manifest, number)
    if merkle_root(seal.leaves).hex() != head.root:
        _refuse(head, number, "its root is not that of its manifest")
    return seal


def head_in(line: bytes, number: int, key: SealKey) -> Head | None:
    """The head of a stored seal with a valid signature; None for any other line."""
    try:
        return _signed_head(_sliced(line, number), number, key)
    except FaultFound:
        return None


def _signed_head(slices: _Slices, number: int, key: SealKey) -> Head:
    head = parse_head(slices.head, SEALS, number)
    check_signature(slices.head, slices.signature, head, key, SEALS, number)
    return head


def _sliced(line: bytes, number: int) -> _Slices:
    """Cuts the parts out without encoding them again, since canonical JSON has only one form."""
    middle, end = line.find(BEFORE_MANIFEST), line.rfind(_BEFORE_SIGNATURE)
    signature = line[end + len(_BEFORE_SIGNATURE) : -len(_SUFFIX)]
    well_formed = line.startswith(_PREFIX) and line.endswith(_SUFFIX) and 0 < middle < end
    if not well_formed or not signature.isascii() or middle > LONGEST_LINE[HEADS]:
        refuse(FaultKind.SEAL_EDITED, "it is not a well-formed seal", file=SEALS, line=number)
    manifest = line[middle + len(BEFORE_MANIFEST) : end]
    return _Slices(line[len(_PREFIX) : middle], manifest, signature.decode())


def _seal(head: Head, manifest: bytes, number: int) -> Seal:
    entries = _entries(head, manifest, number)
    if not entries:
        return Seal(head, (), (), ())
    ids, digests, classes = zip(*entries, strict=True)
    leaves = _leaves(digests)
    if leaves is None or not _are_ascending(ids) or not _are_known(classes, head):
        _refuse(head, number, "an entry of its manifest is malformed or out of place")
    return Seal(head, ids, leaves, classes)


def _entries(head: Head, manifest: bytes, number: int) -> list[list[Any]]:
    """Counts brackets and commas before parsing, to bound memory by the number of entries."""
    if not _has_room_for(head.count, manifest):
        stated = counted(head.count, "entry", "entries")
        _refuse(head, number, f"its manifest does not have what its head states: {stated}")
    try:
        entries = json.loads(manifest.decode())
    except (ValueError, RecursionError):
        _refuse(head, number, "its manifest is not JSON")
    if not isinstance(entries, list) or not all(type(e) is list and len(e) == 3 for e in entries):
        _refuse(head, number, "its manifest is not a list of entries of three parts")
    return entries


def _has_room_for(count: int, manifest: bytes) -> bool:
    commas = max(3 * count - 1, 0)
    return manifest.count(b"[") == count + 1 and manifest.count(b",") == commas and b"{" not in manifest


def _leaves(digests: Sequence[Any]) -> list[bytes] | None:
    """Converts all leaves at once: a call for each would take longer than hashing."""
    try:
        joined = bytes.fromhex("".join(digests))
    except (TypeError, ValueError):
        return None
    if len(joined) != _DIGEST_SIZE * len(digests) or set(map(len, digests)) != {2 * _DIGEST_SIZE}:
        return None
    return [joined[at : at + _DIGEST_SIZE] for at in range(0, len(joined), _DIGEST_SIZE)]


def _are_ascending(ids: Sequence[Any]) -> bool:
    return set(map(type, ids)) == {str} and all(a < b for a, b in pairwise(ids))


def _are_known(classes: Sequence[Any], head: Head) -> bool:
    return set(map(type, classes)) == {str} and set(classes) <= head.retention_days.keys()


def _refuse(head: Head, number: int, what: str) -> NoReturn:
    refuse(FaultKind.SEAL_EDITED, what, seal=head.seq, file=SEALS, line=number)
