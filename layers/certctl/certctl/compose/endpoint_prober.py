"""Composes endpoint_prober, which connects to endpoints on the public internet."""

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.rooms.probes import ProbeFactories

if TYPE_CHECKING:
    from certctl.connectors.address_guard import AddressGuard
    from certctl.connectors.relying_party import RelyingParty
    from certctl.services.inventory.foreign_revocations import ForeignRevocations
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
        reports = replace(made.reports, ask_cas=self._revocations.looked_up)
        return PublicProbes(made.orders, made.scopes, reports, PublicProber(_guard()), base.now)

    @cached_property
    def _party(self) -> "RelyingParty":
        """Reaches public addresses alone, as the prober does."""
        from certctl.connectors.relying_party import relying_party
        from certctl.services.inventory.foreign_revocations import LARGEST_CRL

        return self._base.overrides.relying_party or relying_party((), LARGEST_CRL)

    @cached_property
    def _revocations(self) -> "ForeignRevocations":
        from certctl.services.inventory.foreign_revocations import ForeignRevocations

        return ForeignRevocations(self._party, self._base.now)

    def end_connections(self) -> None:
        """Belongs at the end of each run: no connection survives the pause in which Lambda freezes a
        process."""
        if "_party" in vars(self):
            self._party.close()


def _guard() -> "AddressGuard":
    """Private addresses are never probed, whatever AllowedPrivateCidrs opens to alerts; a stack on one
    machine probes itself."""
    from certctl.compose.rooms.addresses import address_guard
    from certctl.connectors.address_guard import AddressGuard, GuardPolicy

    return address_guard() if config.stack().is_local else AddressGuard(GuardPolicy())
