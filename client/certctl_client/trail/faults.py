"""Faults of a bundle. The first one ends a verification."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from certctl_client.plain_text import printable


class FaultKind(StrEnum):
    # events
    EDITED = "edited"
    MISSING = "missing"
    NOT_SEALED = "not_sealed"  # a line that no seal has
    OUT_OF_ORDER = "out_of_order"
    DUPLICATE = "duplicate"
    # seals
    SEAL_EDITED = "seal_edited"  # form, signature, manifest, root or count
    SEAL_ORDER = "seal_order"  # missing, repeated or out of place
    CHAIN_BROKEN = "chain_broken"  # `previous`, totals or times do not follow from the seal before
    WRONG_KEY = "wrong_key"
    TRUNCATED = "truncated"  # the trusted head is newer than the bundle
    HEAD_MISMATCH = "head_mismatch"  # the trusted head is not the bundle's head of that number
    # filtered bundles
    PROOF_WRONG = "proof_wrong"
    # the files themselves
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Fault:
    """`line` counts from 1 in `file`; `seal` is a sequence number. Unknown values are None."""

    kind: FaultKind
    what: str
    event_id: str | None = None
    seal: int | None = None
    file: str | None = None
    line: int | None = None

    def sentence(self) -> str:
        """The place and the fault, safe to print on a terminal."""
        event = f"event {self.event_id}" if self.event_id else None
        seal = f"seal {self.seal}" if self.seal is not None else None
        line = f"line {self.line} of {self.file}" if self.line else self.file
        where = ", ".join(part for part in (event, seal, line) if part)
        return printable(f"{where}: {self.what}" if where else self.what)

    def view(self) -> dict[str, str | int | None]:
        return {
            "kind": self.kind.value,
            "what": self.what,
            "event_id": self.event_id,
            "seal": self.seal,
            "file": self.file,
            "line": self.line,
        }


class FaultFound(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence())
        self.fault = fault


def refuse(
    kind: FaultKind,
    what: str,
    event_id: str | None = None,
    seal: int | None = None,
    file: str | None = None,
    line: int | None = None,
) -> NoReturn:
    """Raises FaultFound."""
    raise FaultFound(Fault(kind, what, event_id, seal, file, line))
