"""What a prober reports: the bytes that servers sent, which nobody has judged yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.inventory.endpoints.probes import Offer, ProbeError

MAX_REPORTS = 20
"""Probes in one report of an agent."""


@dataclass(frozen=True)
class ShownChain:
    """A chain as a server sent it, in DER, the leaf first. `is_leaf_only`: the prober could not read more."""

    chain: tuple[bytes, ...]
    is_leaf_only: bool = False


@dataclass(frozen=True)
class ReportedHandshake:
    offer: Offer
    version: str | None = None
    shown: ShownChain = ShownChain(())
    error: ProbeError | None = None


@dataclass(frozen=True)
class ReportedAddress:
    address: str
    handshakes: tuple[ReportedHandshake, ...] = ()


@dataclass(frozen=True)
class ReportedProbe:
    """`probed_at` is by the prober's clock. `is_refused`: the host of the agent does not allow the probe."""

    endpoint_id: str
    probed_at: datetime
    addresses: tuple[ReportedAddress, ...] = ()
    is_refused: bool = False

    @property
    def chains(self) -> Iterator[ShownChain]:
        for address in self.addresses:
            for handshake in address.handshakes:
                yield handshake.shown
