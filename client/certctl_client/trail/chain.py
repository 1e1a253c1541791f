"""Compares the heads of a bundle, in order, with their predecessors and with a trusted head."""

from certctl_client.plain_text import counted
from certctl_client.trail.faults import FaultKind, refuse
from certctl_client.trail.heads import Head, check_link


class Chain:
    """`newest` is the last valid head. `starts_anywhere`: the heads are those of a filtered export."""

    def __init__(self, trusted: Head | None, starts_anywhere: bool) -> None:
        self._trusted = trusted
        self._starts_anywhere = starts_anywhere
        self.newest: Head | None = None
        self.heads = 0

    def add(self, head: Head, file: str, line: int) -> None:
        """Raises FaultFound if `head` does not follow the one before."""
        if self.newest or not self._starts_anywhere:
            check_link(self.newest, head, file, line)
        self._compare_with_trusted(head, file, line)
        self.newest = head
        self.heads += 1

    def end(self, file: str) -> None:
        """Checks that the last head is not older than the trusted one. Raises FaultFound."""
        if self.newest is None:
            refuse(FaultKind.SEAL_ORDER, "it has no seals", file=file)
        trusted = self._trusted
        if trusted and trusted.seq > self.newest.seq:
            cut = trusted.total - self.newest.total
            what = (
                f"the trail ends with seal {self.newest.seq} ({self.newest.cutoff}), the trusted head is"
                f" that of seal {trusted.seq} ({trusted.cutoff}): cut off: {counted(cut, 'event')}"
            )
            refuse(FaultKind.TRUNCATED, what, seal=self.newest.seq + 1, file=file)

    def _compare_with_trusted(self, head: Head, file: str, line: int) -> None:
        trusted = self._trusted
        if trusted is None:
            return
        if self.newest is None and head.seq > trusted.seq:
            what = (
                f"the bundle begins after the trusted head (seal {trusted.seq}): export with an earlier seal"
            )
            refuse(FaultKind.HEAD_MISMATCH, what, seal=head.seq, file=file, line=line)
        if head.seq == trusted.seq and head.digest != trusted.digest:
            what = "its head differs from the trusted one: they belong to different trails"
            refuse(FaultKind.HEAD_MISMATCH, what, seal=head.seq, file=file, line=line)
