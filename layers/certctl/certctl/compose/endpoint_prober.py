"""Composes endpoint_prober, which connects to endpoints on the public internet."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.probes import ProbeFactories

if TYPE_CHECKING:
    from certctl.connectors.address_guard import AddressGuard
    from certctl.services.inventory.public_probes import PublicProbes


class EndpointProber:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)

    @cached_property
    def probes(self) -> "PublicProbes":
        from certctl.connectors.public_prober import PublicProber
        from certctl.services.inventory.public_probes import PublicProbes

        base = self._base
        made = ProbeFactories(base, ChangeFactories(base))
        return PublicProbes(made.orders, made.scopes, made.reports, PublicProber(_guard()), base.now)


def _guard() -> "AddressGuard":
    """Private addresses are never probed, whatever AllowedPrivateCidrs opens to alerts; a stack on one
    machine probes itself."""
    from certctl.compose.rooms.addresses import address_guard
    from certctl.connectors.address_guard import AddressGuard, GuardPolicy

    return address_guard() if config.stack().is_local else AddressGuard(GuardPolicy())
