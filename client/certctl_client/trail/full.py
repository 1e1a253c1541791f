"""Checks a full bundle: every seal in order, and the events that each one lists, in order."""

from collections.abc import Callable, Sequence

from certctl_client.trail.bundle import EVENTS, SEALS, Bundle
from certctl_client.trail.chain import Chain
from certctl_client.trail.diagnosis import Diagnosis
from certctl_client.trail.event_lines import Digest, EventLines, id_in, leaf_of
from certctl_client.trail.faults import FaultFound
from certctl_client.trail.heads import Head
from certctl_client.trail.keys import SealKey
from certctl_client.trail.report import BundleKind
from certctl_client.trail.seals import Seal, check_seal, head_in
from certctl_client.trail.trust import Anchors

type SealCheck = Callable[[bytes, int, SealKey], Seal]


class FullCheck:
    """Reads both files once, with one seal in memory at a time; again only to name a fault.

    `check` and `digest` are pure functions, so a caller may cache their results.
    """

    kind = BundleKind.FULL

    def __init__(
        self, bundle: Bundle, anchored: Anchors, check: SealCheck = check_seal, digest: Digest = leaf_of
    ) -> None:
        self._bundle = bundle
        self._key = anchored.key
        self._check = check
        self._digest = digest
        self._lines = EventLines(bundle.lines(EVENTS), digest)
        self._exported_millis: int | None = None
        self.chain = Chain(anchored.head, starts_anywhere=False)
        self.expired = 0
        self.last_good: Head | None = None

    @property
    def events(self) -> int:
        return self._lines.taken

    def run(self) -> None:
        """Raises FaultFound with the first fault in the order of the trail."""
        for number, line in enumerate(self._bundle.lines(SEALS), start=1):
            seal = self._check(line, number, self._key)
            self.chain.add(seal.head, SEALS, number)
            self._check_events(seal)
            self.last_good = seal.head
        self.chain.end(SEALS)
        if (extra := self._lines.peek()) is not None:
            raise FaultFound(self._diagnosis().of_extra(extra, self.events + 1))

    def _check_events(self, seal: Seal) -> None:
        place = self._lines.take(seal.leaves, 0)
        while place < len(seal.leaves):
            place = self._lines.take(seal.leaves, self._past_gone(seal, place))

    def _past_gone(self, seal: Seal, place: int) -> int:
        """The place of the next line, if all events before it may be missing. Raises FaultFound."""
        line = self._lines.peek()
        following = self._place_of(line, seal, place)
        owed = self._first_owed(seal, range(place, following))
        if owed is not None or (following == len(seal.leaves) and _claims(line, self._digest, seal)):
            raise FaultFound(self._diagnosis().of_difference(seal, place, owed, line, self.events + 1))
        self.expired += following - place
        return following

    def _place_of(self, line: bytes | None, seal: Seal, place: int) -> int:
        """The place of `line` from `place` on; the end if the rest of this seal does not have it."""
        end = len(seal.leaves)
        found = end if line is None else seal.place_of_leaf.get(self._digest(line), end)
        return found if found >= place else end

    def _first_owed(self, seal: Seal, places: Sequence[int]) -> int | None:
        return next((p for p in places if not seal.may_be_gone(p, self._exported())), None)

    def _exported(self) -> int:
        """Signed time of the bundle's newest head, in milliseconds: the minimum age of events follows from
        it."""
        if self._exported_millis is None:
            newest = _last(self._bundle, self._key) or self.chain.newest
            self._exported_millis = newest.sealed_millis if newest else 0
        return self._exported_millis

    def _diagnosis(self) -> Diagnosis:
        return Diagnosis(self._bundle, self._digest)


def _claims(line: bytes | None, digest: Digest, seal: Seal) -> bool:
    """Whether the line is, or claims to be, an event of this seal that is out of place."""
    if line is None:
        return False
    return digest(line) in seal.place_of_leaf or id_in(line) in seal.place_of_id


def _last(bundle: Bundle, key: SealKey) -> Head | None:
    number, line = 0, None
    for number, line in enumerate(bundle.lines(SEALS), start=1):  # noqa: B007
        pass
    return head_in(line, number, key) if line is not None else None
