"""Composes cloud_discovery: certificates of the account's own AWS Certificate Manager."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.inventory import InventoryFactories

if TYPE_CHECKING:
    from certctl.services.inventory.acm_discovery import AcmDiscovery

_ATTEMPTS = 8
"""The service allows ten requests of a kind in a second."""
_READ_SECONDS = 10


class CloudDiscovery:
    def __init__(self, overrides: Overrides = DEPLOYED) -> None:
        self._base = Base(overrides)
        self._inventory = InventoryFactories(self._base)

    @cached_property
    def acm(self) -> "AcmDiscovery":
        from certctl.connectors.aws.certificate_manager import CertificateManager
        from certctl.services.inventory.acm_discovery import AcmDiscovery

        base, made = self._base, self._inventory
        client = base.new_client("acm", read_seconds=_READ_SECONDS, attempts=_ATTEMPTS)
        return AcmDiscovery(
            made.scopes,
            made.sources,
            made.reports,
            CertificateManager(client),
            config.stack().region,
            base.now,
        )
