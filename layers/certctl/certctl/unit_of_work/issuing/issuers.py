"""The external issuers of the catalog, each with its connector."""

from dataclasses import replace

from certctl.connectors.issuers import Factories, build_issuer
from certctl.connectors.issuers.base import ExternalIssuer, IssuerDependencies, UnkeptHealth
from certctl.domain.catalog.records import Kind
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore


class ExternalIssuers:
    def __init__(
        self,
        store: CatalogStore,
        cached: CachedCatalog,
        factories: Factories,
        dependencies: IssuerDependencies,
    ) -> None:
        self._store = store
        self._cached = cached
        self._factories = factories
        self._dependencies = dependencies

    def find(self, issuer_id: str) -> ExternalIssuer | None:
        """None for one that is gone or disabled. Raises InvalidInput if its configuration cannot work."""
        entry = self._cached.find(Kind.ISSUER, issuer_id)
        if entry is None or not entry.content.enabled:
            return None
        return build_issuer(entry, self._factories, self._dependencies, self._store.kinds)

    def find_for_test(self, issuer_id: str) -> ExternalIssuer | None:
        """Read consistently, enabled or not; its contacts are not recorded. Raises InvalidInput as `find`."""
        entry = self._store.get(Kind.ISSUER, issuer_id)
        if entry is None or entry.is_deleting:
            return None
        dependencies = replace(self._dependencies, health=UnkeptHealth())
        return build_issuer(entry, self._factories, dependencies, self._store.kinds)
