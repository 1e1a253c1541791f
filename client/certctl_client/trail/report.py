"""The result of a verification: JSON for machines, sentences for people."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from certctl_client.plain_text import counted
from certctl_client.trail.faults import Fault


class BundleKind(StrEnum):
    FULL = "full"
    FILTERED = "filtered"


@dataclass(frozen=True)
class Report:
    """`events` counts those read and verified, `expired` those that are absent because their retention was
    over.

    `intact_until` is the cutoff (wire time) of the last intact seal; None if there is none.
    """

    kind: BundleKind | None
    events: int
    expired: int
    seals: int
    intact_until: str | None
    stack: str | None
    first_fault: Fault | None
    head_checked: bool
    key_pinned: bool
    key_sha256: str | None

    @property
    def is_intact(self) -> bool:
        return self.first_fault is None

    @property
    def is_complete(self) -> bool:
        """Whether every sealed event up to `intact_until` is included: a filtered export cannot prove
        that."""
        return self.is_intact and self.kind is BundleKind.FULL

    def view(self) -> dict[str, Any]:
        return {
            "intact": self.is_intact,
            "complete": self.is_complete,
            "kind": self.kind.value if self.kind else None,
            "stack": self.stack,
            "events": self.events,
            "expired": self.expired,
            "seals": self.seals,
            "intact_until": self.intact_until,
            "first_fault": self.first_fault.view() if self.first_fault else None,
            "head_checked": self.head_checked,
            "key_pinned": self.key_pinned,
            "key_sha256": self.key_sha256,
        }

    def text(self) -> str:
        lines = [self._verdict(), *self._limits()]
        return "\n".join(lines)

    def _verdict(self) -> str:
        if self.first_fault:
            until = (
                f"Intact until {self.intact_until}." if self.intact_until else "No seal before it is intact."
            )
            return f"NOT INTACT\nFirst fault: {self.first_fault.sentence()}\n{until}"
        gone = f" {self.expired} more are gone because their retention was over." if self.expired else ""
        of_seals = f" of {counted(self.seals, 'seal')}" if self.is_complete else ""
        what = f"{counted(self.events, 'event')}{of_seals}"
        return f"INTACT\nAs sealed until {self.intact_until}: {what}.{gone}"

    def _limits(self) -> list[str]:
        limits = []
        if self.key_sha256 and not self.key_pinned:
            limits.append(
                f"The key was NOT PINNED: it came with the bundle, and who forges a bundle can forge its key."
                f" Compare its SHA-256 with one that you trust: {self.key_sha256}"
            )
        if self.is_intact and not self.head_checked:
            limits.append(
                f"A cut of the tail was NOT CHECKED: whether there were events after {self.intact_until}"
                " is not known. Give a trusted head with --head."
            )
        if self.kind is BundleKind.FILTERED:
            limits.append("This export was filtered: that it holds every matching event cannot be proved.")
        return limits
