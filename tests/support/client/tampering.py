"""Random tamperings of a full bundle: each changes something, and returns where the events first differ."""

import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import rfc8785

from tests.support.client.trails import Files, SealedEvents, Sealer

EVENTS, SEALS = "events.jsonl", "seals.jsonl"


@dataclass(frozen=True)
class Tampered:
    """`needs_head`: only a trusted head can reveal it."""

    bundle: Files
    needs_head: bool = False


@dataclass(frozen=True)
class Vandal:
    sealer: Sealer
    original: Files
    chance: random.Random

    def tamper(self, kind: str) -> Tampered:
        """Never a no-op: a tampering without an effect is drawn again."""
        while True:
            tampered = TAMPERINGS[kind](self)
            if tampered.bundle != self.original:
                return tampered

    def lines(self, name: str = EVENTS) -> list[bytes]:
        return list(self.original.files[name])

    def place(self, name: str = EVENTS) -> int:
        return self.chance.randrange(len(self.original.files[name]))

    def of(self, lines: list[bytes], name: str = EVENTS) -> Tampered:
        return Tampered(self.original.with_file(name, lines))


def _edited_byte(vandal: Vandal, name: str) -> Tampered:
    """Any byte may become any other one, a line feed too."""
    lines, place = vandal.lines(name), vandal.place(name)
    line = bytearray(lines[place])
    line[vandal.chance.randrange(len(line))] = vandal.chance.randrange(256)
    lines[place : place + 1] = bytes(line).split(b"\n")
    return vandal.of(lines, name)


def _byte_removed(vandal: Vandal) -> Tampered:
    lines, place = vandal.lines(), vandal.place()
    at = vandal.chance.randrange(len(lines[place]))
    lines[place] = lines[place][:at] + lines[place][at + 1 :]
    return vandal.of(lines)


def _byte_added(vandal: Vandal) -> Tampered:
    lines, place = vandal.lines(), vandal.place()
    at = vandal.chance.randrange(len(lines[place]) + 1)
    added = lines[place][:at] + bytes([vandal.chance.randrange(256)]) + lines[place][at:]
    lines[place : place + 1] = added.split(b"\n")
    return vandal.of(lines)


def _lines_joined(vandal: Vandal) -> Tampered:
    lines, place = vandal.lines(), vandal.chance.randrange(len(vandal.lines()) - 1)
    lines[place : place + 2] = [lines[place] + lines[place + 1]]
    return vandal.of(lines)


def _field_forged(vandal: Vandal) -> Tampered:
    """Another actor, in canonical form."""
    lines, place = vandal.lines(), vandal.place()
    lines[place] = rfc8785.dumps(json.loads(lines[place]) | {"actor": "key-somebody-else"})
    return vandal.of(lines)


def _deleted(vandal: Vandal) -> Tampered:
    lines, place = vandal.lines(), vandal.place()
    del lines[place : place + vandal.chance.choice((1, 1, 2, 5, 400))]
    return vandal.of(lines)


def _tail_of_events_cut(vandal: Vandal) -> Tampered:
    return vandal.of(vandal.lines()[: -vandal.chance.randrange(1, 500)])


def _inserted(vandal: Vandal) -> Tampered:
    lines = vandal.lines()
    forged = json.loads(lines[vandal.place()]) | {"id": f"aud-{vandal.chance.getrandbits(130):026x}"}
    new = vandal.chance.choice((rfc8785.dumps(forged), b"", b"{}", b"null", b"\xff\xfe", b"[" * 5000))
    lines.insert(vandal.chance.randrange(len(lines) + 1), new)
    return vandal.of(lines)


def _duplicated(vandal: Vandal) -> Tampered:
    lines = vandal.lines()
    lines.insert(vandal.chance.randrange(len(lines) + 1), lines[vandal.place()])
    return vandal.of(lines)


def _swapped(vandal: Vandal) -> Tampered:
    lines, one, other = vandal.lines(), vandal.place(), vandal.place()
    lines[one], lines[other] = lines[other], lines[one]
    return vandal.of(lines)


def _neighbours_swapped(vandal: Vandal) -> Tampered:
    lines, place = vandal.lines(), vandal.chance.randrange(len(vandal.lines()) - 1)
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    return vandal.of(lines)


def _moved(vandal: Vandal) -> Tampered:
    lines = vandal.lines()
    line = lines.pop(vandal.place())
    lines.insert(vandal.chance.randrange(len(lines) + 1), line)
    return vandal.of(lines)


def _overwritten(vandal: Vandal) -> Tampered:
    """One event in the place of another."""
    lines = vandal.lines()
    lines[vandal.place()] = lines[vandal.place()]
    return vandal.of(lines)


def _turned_round(vandal: Vandal) -> Tampered:
    lines, place = vandal.lines(), vandal.place()
    lines[place : place + 50] = reversed(lines[place : place + 50])
    return vandal.of(lines)


def _leaf_forged_too(vandal: Vandal) -> Tampered:
    """An edited event, and its new hash in the manifest."""
    events, seals, place = vandal.lines(), vandal.lines(SEALS), vandal.place()
    old = _leaf(events[place])
    events[place] = rfc8785.dumps(json.loads(events[place]) | {"actor": "key-somebody-else"})
    new = _leaf(events[place])
    seals = [line.replace(old, new) for line in seals]
    return Tampered(vandal.original.with_file(EVENTS, events).with_file(SEALS, seals))


def _leaf(line: bytes) -> bytes:
    return hashlib.sha256(line).hexdigest().encode()


def _entry_dropped(vandal: Vandal) -> Tampered:
    """An event and its manifest entry, all hashes and the chain made good: only the key is another one."""
    before = vandal.sealer.sealed
    hit = vandal.chance.choice([place for place, sealed in enumerate(before) if sealed.lines])
    forger = Sealer(vandal.sealer.stack)
    forger.key_sha256, forger.sealed = vandal.sealer.key_sha256, before[:hit]
    _seal_without(forger, before[hit], vandal.chance.randrange(len(before[hit].lines)))
    for sealed in before[hit + 1 :]:
        forger.relink(sealed)
    return _made_of(vandal, forger, hit)


def _seal_without(sealer: Sealer, sealed: SealedEvents, place: int) -> None:
    entries = [*sealed.manifest[:place], *sealed.manifest[place + 1 :]]
    lines = [*sealed.lines[:place], *sealed.lines[place + 1 :]]
    sealer.seal(lines, "".join(entry[2] for entry in entries), [entry[0] for entry in entries])


def _made_of(vandal: Vandal, sealer: Sealer, first_new: int) -> Tampered:
    """The first seals are the original ones."""
    objects = [*vandal.lines(SEALS)[:first_new], *(s.object for s in sealer.sealed[first_new:])]
    events = [line for sealed in sealer.sealed for line in sealed.lines]
    return Tampered(vandal.original.with_file(EVENTS, events).with_file(SEALS, objects))


def _seals_swapped(vandal: Vandal) -> Tampered:
    seals, one, other = vandal.lines(SEALS), vandal.place(SEALS), vandal.place(SEALS)
    seals[one], seals[other] = seals[other], seals[one]
    return vandal.of(seals, SEALS)


def _seal_duplicated(vandal: Vandal) -> Tampered:
    seals = vandal.lines(SEALS)
    seals.insert(vandal.chance.randrange(len(seals) + 1), seals[vandal.place(SEALS)])
    return vandal.of(seals, SEALS)


def _seal_dropped(vandal: Vandal) -> Tampered:
    """One from the middle, its events with it or not; the last one is a cut of the tail."""
    place = vandal.chance.randrange(len(vandal.sealer.sealed) - 1)
    seals = vandal.lines(SEALS)
    del seals[place]
    bundle = vandal.original.with_file(SEALS, seals)
    if vandal.chance.random() < 0.5:
        kept = [s for number, s in enumerate(vandal.sealer.sealed) if number != place]
        bundle = bundle.with_file(EVENTS, [line for sealed in kept for line in sealed.lines])
    return Tampered(bundle)


def _tail_cut(vandal: Vandal) -> Tampered:
    """The newest seals with all their events."""
    kept = vandal.chance.randrange(1, len(vandal.sealer.sealed))
    bundle = vandal.original.with_file(SEALS, vandal.lines(SEALS)[:kept])
    events = [line for sealed in vandal.sealer.sealed[:kept] for line in sealed.lines]
    return Tampered(bundle.with_file(EVENTS, events), needs_head=True)


def _tail_forked(vandal: Vandal) -> Tampered:
    """The newest seal made again with the real key (a stolen sealer), without one event."""
    *kept, last = vandal.sealer.sealed
    fork = Sealer(vandal.sealer.stack)
    fork.key, fork.key_sha256, fork.sealed = vandal.sealer.key, vandal.sealer.key_sha256, list(kept)
    _seal_without(fork, last, vandal.chance.randrange(len(last.lines)))
    return replace(_made_of(vandal, fork, len(kept)), needs_head=True)


OF_EVENTS: Mapping[str, Callable[[Vandal], Tampered]] = {
    "a byte of an event edited": lambda vandal: _edited_byte(vandal, EVENTS),
    "a byte removed": _byte_removed,
    "a byte added": _byte_added,
    "two lines joined": _lines_joined,
    "a field forged": _field_forged,
    "events deleted": _deleted,
    "the tail of the events cut": _tail_of_events_cut,
    "an event inserted": _inserted,
    "an event duplicated": _duplicated,
    "two events swapped": _swapped,
    "neighbours swapped": _neighbours_swapped,
    "an event moved": _moved,
    "an event overwritten by another": _overwritten,
    "a run of events turned round": _turned_round,
}
OF_SEALS: Mapping[str, Callable[[Vandal], Tampered]] = {
    "a byte of a seal edited": lambda vandal: _edited_byte(vandal, SEALS),
    "an event and its leaf forged": _leaf_forged_too,
    "an event and its entry dropped, signed with another key": _entry_dropped,
    "seals swapped": _seals_swapped,
    "a seal duplicated": _seal_duplicated,
    "a seal dropped": _seal_dropped,
    "the newest seals cut off": _tail_cut,
    "the newest seal forked": _tail_forked,
}
TAMPERINGS = {**OF_EVENTS, **OF_SEALS}
