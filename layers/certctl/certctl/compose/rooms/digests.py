"""Weekly digests: what they contain, whether they are sent or previewed."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.compose.rooms.changes import ChangeFactories
    from certctl.services.notifications.digests.contents import DigestContents
    from certctl.services.notifications.digests.found import InventoryLists
    from certctl.store.cache import LastKnown

_MOST_SOURCES = 5_000


class DigestFactories:
    def __init__(self, changes: "ChangeFactories") -> None:
        self._base = changes.base
        self._changes = changes

    @cached_property
    def contents(self) -> "DigestContents":
        from certctl.services.notifications.digests.contents import DigestContents
        from certctl.store.certificates.lists import CertificateIndexes

        inventory = self._inventory() if config.has_inventory() else None
        indexes, cached = CertificateIndexes(self._base.database), self._changes.catalog.cached
        return DigestContents(indexes, cached, inventory, self._base.now)

    def _inventory(self) -> "InventoryLists":
        from certctl.services.notifications.digests.found import InventoryLists
        from certctl.store.cache import LastKnown
        from certctl.store.inventory.endpoints import EndpointStore
        from certctl.store.inventory.lists import ObservedIndexes
        from certctl.store.inventory.scopes import ScopeStore, SourceStore

        # not InventoryFactories, whose parts also write
        database = self._base.database
        store = SourceStore(database)
        sources = LastKnown(
            "the sources of the inventory", lambda: store.page(None, _MOST_SOURCES)[0], self._base.now
        )
        return InventoryLists(
            ObservedIndexes(database), EndpointStore(database), ScopeStore(database), sources
        )

    @cached_property
    def dashboard_url(self) -> "LastKnown[str]":
        from certctl.store.cache import LastKnown
        from certctl.store.notifications.public_url import PublicUrlStore

        read = PublicUrlStore(self._base.database).get
        return LastKnown("the dashboard's URL", read, self._base.now, otherwise="")
