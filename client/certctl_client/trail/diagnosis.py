"""Names the fault at the first difference between events and seals. May read the files again."""

from dataclasses import dataclass

from certctl_client.trail.bundle import EVENTS, SEALS, Bundle
from certctl_client.trail.event_lines import Digest, id_in
from certctl_client.trail.faults import Fault, FaultKind
from certctl_client.trail.seals import BEFORE_MANIFEST, Seal


@dataclass(frozen=True)
class _Expected:
    """The sealed event that is expected next."""

    event_id: str
    leaf: bytes
    seal: int


class Diagnosis:
    def __init__(self, bundle: Bundle, digest: Digest) -> None:
        self._bundle = bundle
        self._digest = digest

    def of_difference(
        self, seal: Seal, place: int, owed: int | None, line: bytes | None, number: int
    ) -> Fault:
        """The fault if `line` (None at the end) is not the event at `place`. `owed` is the first event that
        must not be missing."""
        if line is not None and seal.place_of_leaf.get(self._digest(line), place) < place:
            return self._of_sealed_before(line, number, id_in(line), seal.head.seq)
        stated = seal.place_of_id.get(id_in(line) or "")
        if line is not None and stated is not None and place <= stated and (owed is None or stated <= owed):
            return self._of_stated(_expected(seal, stated), line, number)
        if owed is None:
            return self.of_extra(line or b"", number)
        expected = _expected(seal, owed)
        if line is None:
            return _missing(expected, number, "the file ends before it")
        return self._of_other(expected, line, number)

    def of_extra(self, line: bytes, number: int) -> Fault:
        """The fault of a superfluous line, or of one that comes too late."""
        stated = id_in(line)
        seal = self._seal_with(self._digest(line).hex())
        if seal is None:
            what = "this line is in no seal: it was inserted, or edited"
            return Fault(FaultKind.NOT_SEALED, what, stated, None, EVENTS, number)
        return self._of_sealed_before(line, number, stated, seal)

    def _of_stated(self, expected: _Expected, line: bytes, number: int) -> Fault:
        """The fault of a line with the id of `expected`: a forged copy if the sealed bytes come later."""
        later = self._line_of(expected, number)
        if later:
            what = f"this line is in no seal, with the id of a sealed event whose own line is {later}"
            return Fault(FaultKind.NOT_SEALED, what, expected.event_id, None, EVENTS, number)
        return _edited(expected, number)

    def _of_other(self, expected: _Expected, line: bytes, number: int) -> Fault:
        stated, later = id_in(line), self._line_of(expected, number)
        seal = self._seal_with(self._digest(line).hex())
        if seal is not None and seal < expected.seal:
            return self._of_sealed_before(line, number, stated, seal)
        if seal is not None and later:
            what = f"it belongs here, but is on line {later}"
            return Fault(FaultKind.OUT_OF_ORDER, what, expected.event_id, expected.seal, EVENTS, number)
        if seal is not None:
            return _missing(expected, number, "it is nowhere in the file")
        if later:
            return self.of_extra(line, number)
        return self._of_unknown(expected, stated, number)

    def _of_unknown(self, expected: _Expected, stated: str | None, number: int) -> Fault:
        """The fault of an unsealed line. If it has another event's id, the expected event was removed."""
        if stated is not None and stated != expected.event_id and self._seal_with(stated) is not None:
            return _missing(expected, number, "it is nowhere in the file")
        return _edited(expected, number)

    def _of_sealed_before(self, line: bytes, number: int, stated: str | None, seal: int) -> Fault:
        earlier = self._earlier_line(line, number)
        if earlier:
            what = f"this is a second copy of line {earlier}"
            return Fault(FaultKind.DUPLICATE, what, stated, seal, EVENTS, number)
        return Fault(FaultKind.OUT_OF_ORDER, "it belongs on an earlier line", stated, seal, EVENTS, number)

    def _earlier_line(self, line: bytes, number: int) -> int | None:
        for at, other in enumerate(self._bundle.lines(EVENTS), start=1):
            if at >= number:
                return None
            if other == line:
                return at
        return None

    def _line_of(self, expected: _Expected, after: int) -> int | None:
        """The number of a line after `after` that has the sealed bytes."""
        needle = expected.event_id.encode(errors="replace")
        for at, line in enumerate(self._bundle.lines(EVENTS), start=1):
            if at > after and needle in line and self._digest(line) == expected.leaf:
                return at
        return None

    def _seal_with(self, text: str) -> int | None:
        """The number of the seal whose manifest has the id or the leaf: its line in seals.jsonl."""
        needle = f'"{text}"'.encode(errors="replace")
        for number, line in enumerate(self._bundle.lines(SEALS), start=1):
            if line.find(needle, line.find(BEFORE_MANIFEST)) >= 0:
                return number
        return None


def _expected(seal: Seal, place: int) -> _Expected:
    return _Expected(seal.ids[place], seal.leaves[place], seal.head.seq)


def _missing(expected: _Expected, number: int, how: str) -> Fault:
    what = f"missing: {how}"
    return Fault(FaultKind.MISSING, what, expected.event_id, expected.seal, EVENTS, number)


def _edited(expected: _Expected, number: int) -> Fault:
    what = "edited: the line differs from the bytes that were sealed"
    return Fault(FaultKind.EDITED, what, expected.event_id, expected.seal, EVENTS, number)
