"""Outbound network access: for the functions that send alerts and order certificates."""

from functools import cache, cached_property
from typing import TYPE_CHECKING

from certctl import config
from certctl.compose.rooms.addresses import address_guard

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.connectors.address_guard import AddressGuard
    from certctl.connectors.aws.secrets import Secrets
    from certctl.connectors.http.adapter import OutboundHttp
    from certctl.connectors.notifiers.base import Providers
    from certctl.connectors.sender import Notifiers


class OutboundFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base

    @cached_property
    def address_guard(self) -> "AddressGuard":
        return address_guard()

    @cached_property
    def http(self) -> "OutboundHttp":
        from certctl.connectors.http.adapter import OutboundHttp

        return OutboundHttp(self.address_guard)

    def end_connections(self) -> None:
        """Belongs at the end of each run: no connection survives the pause in which Lambda freezes a
        process."""
        if "http" in vars(self):
            self.http.close()

    @cached_property
    def secrets(self) -> "Secrets":
        """Two attempts: reading two secrets is part of what must fit into a lease."""
        from certctl.connectors.aws.secrets import Secrets

        new_client = self._base.new_client
        return Secrets(
            config.stack().name,
            cache(lambda: new_client("ssm", attempts=2)),
            cache(lambda: new_client("secretsmanager", attempts=2)),
        )

    @cached_property
    def notifiers(self) -> "Notifiers":
        from certctl.connectors.sender import Notifiers

        return Notifiers(lambda: self._providers, self._base.overrides.notifier_factories)

    @cached_property
    def _providers(self) -> "Providers":
        """One attempt each: the engine has the retries."""
        from certctl.connectors.notifiers.base import Providers

        new_client = self._base.new_client
        client = cache(lambda service: new_client(service, read_seconds=8, attempts=1))
        return Providers(self.http, self.secrets, self.address_guard, client, config.stack().name)
